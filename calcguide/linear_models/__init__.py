r"""Linear regression and logistic regression: their objectives, and fits that minimize them.

The objectives take the parameters first and then the data, ``fun(theta, X, y)``, so that they can
be passed as they are to `calcguide.gradient_descent` or `scipy.optimize.minimize` with
``args=(X, y)``. They treat all columns of ``X`` alike: an intercept is a column of ones, made by
`add_intercept`. The fits add the intercept themselves and never penalize it.

Every objective is a mean over the samples: twice the data, each row repeated, is the same problem.
"""

from calcguide.linear_models.features import add_intercept, standardize
from calcguide.linear_models.lasso_regression import lasso, lasso_duality_gap, lasso_path
from calcguide.linear_models.linear_regression import (
    LinearModel,
    least_squares,
    least_squares_gradient,
    least_squares_hessian,
    least_squares_loss,
    ridge,
    ridge_path,
)
from calcguide.linear_models.logistic import (
    LogisticModel,
    logistic_gradient,
    logistic_hessian,
    logistic_loss,
    logistic_regression,
)
from calcguide.linear_models.model import MESSAGES, FitStatus

__all__ = [
    "MESSAGES",
    "FitStatus",
    "LinearModel",
    "LogisticModel",
    "add_intercept",
    "lasso",
    "lasso_duality_gap",
    "lasso_path",
    "least_squares",
    "least_squares_gradient",
    "least_squares_hessian",
    "least_squares_loss",
    "logistic_gradient",
    "logistic_hessian",
    "logistic_loss",
    "logistic_regression",
    "ridge",
    "ridge_path",
    "standardize",
]
