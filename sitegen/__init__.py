"""From page to site: parse, run and check the pages, draw their figures, render their formulas."""
