"""What Material's script does at once though it can wait, it does later.

The script comes without its source, so that each change is a pattern, and a pattern that does not
fit exactly once stops the build.
"""

import re

__all__ = ["mended"]

# Material fetches the index at once, except where a page comes from a folder: there it waits for the search.
_AT_ONCE = re.compile(r'\(location\.protocol!=="file:"\)')
# It also takes from it how words are separated, to mark those that the reader searched for: `?h=` names them.
_MARKS = re.compile(r"(\[\w+,[^][]*searchParams\.get\(\"h\"\)\)\)])")
_WORKER = re.compile(r"(\w+)=new Worker\((\w+)\)")
# Links become absolute before the first page is exchanged, not when a page is opened: another address
# of the style sheet is a new style for all.
_ABSOLUTE = re.compile(
    r"[\w$]+\(document\)\.subscribe\(\w+\);(?=let \w+=\w+\(document\.body,\"click\"\))"
)
_ABSOLUTE_LATER = (
    '(u=>{let f=()=>{f=()=>{};for(let t of document.querySelectorAll("[href],[src]"))for(let k of["href","src"]){'
    "let v=t.getAttribute(k);if(v&&!/^[a-z]+:|^[/]{2}/i.test(v)){t[k]=new URL(v,u).href;break}}};"
    'addEventListener("click",e=>e.target.closest("a[href]")&&f(),true);'
    'addEventListener("popstate",f,true)})(location.href);'
)
# A link to a place on the page that is open needs no other page: the browser goes there, and nothing is fetched.
_TO_PAGES = re.compile(
    r"(?P<has>(?P<pages>\w+)\.has\(`\$\{(?P<url>\w+)\}`\))(?=\?\(\w+\.preventDefault\(\),[\w$]+\((?P<link>\w+)\)\))"
)
_NOT_WITHIN = r"\g<has>&&!(\g<link>.hash&&\g<link>.search===location.search&&\g<url>.pathname===location.pathname)"
# The page that is open at first counts as one that has been opened: going to a place on it, or back to one,
# is no reason to exchange it, with all that the reader has run and written there.
_FILTER = re.compile(r"(\w+)\(\(\{mode:\w+\}\)=>\w+===\"global\"\)")
_OTHER_PAGE = re.compile(r"\w+\(\"pathname\"\)(?=,\w+\(\w+=>\w+\(\w+,\{progress\$)")
_OTHER_PLACE = re.compile(
    r"return (?P<merge>[\w$]+)\((?P<pages>(?P<page>\w+)\.pipe\(\w+\(\w+,\(\w+,\w+\)=>\w+\)\)),"
    r"(?P=page)\.pipe\((?P<places>\w+\(\(\)=>\w+\)),\w+\(\"hash\"\)\)"
)
_CHANGED = "{filter}((before=>url=>before!==(before=url.{part}))(location.{part}))"
# What browsers draw themselves follows the colours by our style sheet; a new meta element is a new style for all.
_SCHEME = re.compile(r'(?<=name:")color-scheme(?=")')
# Whether an element is in view is told to all that watch any: to those of the element is enough.
_IN_VIEW = re.compile(r"for\(let (\w+) of (\w+)\)[\w$]+\.next\(\1\)(?=\},\{threshold:0\})")
_WATCHED = re.compile(
    r"(?P<all>[\w$]+)\.pipe\(\w+\(\(\{target:(?P<t>\w+)\}\)=>(?P=t)===(?P<one>\w+)\),"
    r"(?=\w+\(\(\)=>\w+\.unobserve\((?P=one)\)\),\w+\(\(\{isIntersecting)"
)
# All parts of a page start in one go; one by one, the browser can do something else in between.
_PARTS = re.compile(
    r"(?P<page>[\w$]+)=(?P<defer>\w+)\(\(\)=>(?P<merge>\w+)\((?P<parts>\.\.\.\w+\(\"announce\"\).*?)\)\),"
    r"(?P<rest>[\w$]+=\w+\.pipe\((?P<switch>\w+)\(\(\)=>(?P=page)\))"
)
_ONE_BY_ONE = (
    r"\g<page>=\g<defer>(()=>\g<merge>(...[\g<parts>].map(p=>\g<defer>("
    r"()=>new Promise(r=>setTimeout(()=>r(p)))).pipe(\g<switch>(p=>p))))),\g<rest>"
)
# A worker that is started by the first message that matters: the index, type 0.
_LAZY_WORKER = (
    "new class extends EventTarget{postMessage(m){if(!this.w){if(m.type!==0)return;"
    "this.w=new Worker(\\2);"
    'this.w.onmessage=e=>this.dispatchEvent(new MessageEvent("message",{data:e.data}))}'
    "this.w.postMessage(m)}}"
)


def mended(bundle: str) -> str:
    """Let Material's script do later what can wait, and leave the colours to the style sheet.

    Raises
    ------
    ValueError
        If the script is not the one that this module knows.
    """
    names = set(_FILTER.findall(bundle))
    if len(names) != 1:
        raise ValueError(_message(_FILTER, len(names)))
    other_page, other_place = (
        _CHANGED.format(filter=min(names), part=part) for part in ("pathname", "hash")
    )
    for pattern, replacement in (
        (_AT_ONCE, "(!1)"),
        (_MARKS, r'new URL(location).searchParams.has("h")?\1:[]'),
        (_WORKER, rf"\1={_LAZY_WORKER}"),
        (_ABSOLUTE, _ABSOLUTE_LATER),
        (_TO_PAGES, _NOT_WITHIN),
        (_OTHER_PAGE, other_page),
        (
            _OTHER_PLACE,
            rf"return \g<merge>(\g<pages>,\g<merge>([0],\g<page>).pipe(\g<places>,{other_place})",
        ),
        (_SCHEME, "scheme"),
        (_IN_VIEW, r"for(let \1 of \2)\1.target.inView?.next(\1)"),
        (_WATCHED, r"(\g<one>.inView??=new \g<all>.constructor).pipe("),
        (_PARTS, _ONE_BY_ONE),
    ):
        bundle, count = pattern.subn(replacement, bundle)
        if count != 1:
            raise ValueError(_message(pattern, count))
    return bundle


def _message(pattern: re.Pattern[str], count: int) -> str:
    return (
        "Material's script has changed, and with it the way it starts: "
        f"{pattern.pattern} occurs {count} times; adapt sitegen/mending.py"
    )
