r"""Reverse-mode automatic differentiation of ordinary NumPy code.

While a function runs, each operation on a `Variable` is written down on a tape, together with its
backward rule. Reading the tape from its end to its beginning applies the chain rule, and one such
reading gives all partial derivatives, however many variables there are.

The operations that have a rule are:

- arithmetic: `+ - * / ** @`, `abs`, and the comparisons, which give plain arrays
- functions of NumPy applied to each element: `absolute`, `arctan`, `cos`, `cosh`, `exp`, `expm1`,
  `log`, `log1p`, `logaddexp`, `maximum`, `minimum`, `negative`, `positive`, `power`, `reciprocal`,
  `sin`, `sinh`, `sqrt`, `square`, `tan`, `tanh`, `where`; and `scipy.special.expit`
- sums and the like, over all elements or along axes: `sum`, `mean`, `max`, `min`,
  `logaddexp.reduce`
- products: `dot`, `matmul`, `outer`, `linalg.norm` of a vector
- shapes: `reshape`, `ravel`, `transpose`, `swapaxes`, `squeeze`, `expand_dims`, `broadcast_to`,
  `concatenate`, `stack`, indexing and slicing
- without a derivative, so that they give plain arrays: `sign`, `floor`, `ceil`, `rint`, `argmax`,
  `argmin`, `argsort`, `isfinite`, `isinf`, `isnan`, `zeros_like`, `ones_like`, `shape`, `ndim`,
  `size`

`primitive` adds a rule. Everything else is refused by name, and so are constants that are not plain
arrays of real numbers: masked arrays, matrices, complex numbers, objects. A variable has the
attributes and methods of the array that it stands for, as far as they have a rule, and it cannot be
changed: `x[0] = 1` and, unless it is a scalar, `x += 1` are refused as well.
"""

from calcguide.autodiff import rules as _rules  # noqa: F401 -- importing it enters the rules
from calcguide.autodiff.operators import grad, hvp, jacobian, value_and_grad
from calcguide.autodiff.primitives import primitive
from calcguide.autodiff.variable import Variable

__all__ = ["Variable", "grad", "hvp", "jacobian", "primitive", "value_and_grad"]
