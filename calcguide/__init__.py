"""The calculus behind machine learning, in small functions that check each other.

Each module holds one concept and is imported by its name, for example
``from calcguide.derivatives import check_gradient``.
"""

from importlib.metadata import version as _version

__all__ = ["__version__"]

__version__ = _version("calcguide")
