r"""Matrix factorization of ratings with gaps: its loss, the gradient, and two ways to minimize it.

User $u$ and item $i$ have a bias and a vector of factors each, and the rating, less the mean of
all ratings, is predicted as

$$\hat r_{ui} = b_u + c_i + p_u \cdot q_i .$$

All parameters stand in one vector `theta`, so that the loss can be given to `check_gradient`,
`gradient_descent` or `scipy.optimize.minimize` with
`args=(users, items, ratings, shape, alpha)`. `unpack` takes `theta` apart.

The loss is not convex, but with the items fixed it is a ridge regression for each user, and the
other way round.
"""

from collections.abc import Callable
from itertools import pairwise
from math import ceil, sqrt
from typing import NamedTuple, TypeAlias, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_real, refuse_masked, same_length
from calcguide._iteration import iterate
from calcguide.gradient_descent import Options
from calcguide.results import OptimizeResult
from calcguide.schedules import constant

__all__ = [
    "Factors",
    "alternating_least_squares",
    "factorization_gradient",
    "factorization_loss",
    "pack",
    "predict_ratings",
    "random_start",
    "stochastic_gradient_descent",
    "unpack",
]

Array: TypeAlias = NDArray[np.float64]
Index: TypeAlias = NDArray[np.intp]
Shape: TypeAlias = tuple[int, int, int]


class Factors(NamedTuple):
    """The parameters of a factorization.

    Attributes
    ----------
    user_bias : ndarray of shape (n_users,)
        By how much a user rates above the mean.
    item_bias : ndarray of shape (n_items,)
        By how much an item is rated above the mean.
    user_factors : ndarray of shape (n_users, n_factors)
        The vectors $p_u$.
    item_factors : ndarray of shape (n_items, n_factors)
        The vectors $q_i$.
    """

    user_bias: Array
    item_bias: Array
    user_factors: Array
    item_factors: Array


def pack(
    user_bias: ArrayLike, item_bias: ArrayLike, user_factors: ArrayLike, item_factors: ArrayLike
) -> Array:
    """Return all parameters in one vector.

    Parameters
    ----------
    user_bias : array_like of shape (n_users,)
        The biases of the users.
    item_bias : array_like of shape (n_items,)
        The biases of the items.
    user_factors : array_like of shape (n_users, n_factors)
        The factors of the users.
    item_factors : array_like of shape (n_items, n_factors)
        The factors of the items.

    Returns
    -------
    ndarray of shape ((n_users + n_items) * (1 + n_factors),)
        For each user the bias and the factors, then for each item the bias and the factors.

    Raises
    ------
    ValueError
        If the shapes don't fit each other.
    TypeError
        If an argument does not hold real numbers.

    Examples
    --------
    >>> pack([0.1, 0.2], [0.3], [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]])
    array([0.1, 1. , 2. , 0.2, 3. , 4. , 0.3, 5. , 6. ])
    """
    b, c = as_real(user_bias, "user_bias", ndim=1), as_real(item_bias, "item_bias", ndim=1)
    P = as_real(user_factors, "user_factors", ndim=2)
    Q = as_real(item_factors, "item_factors", ndim=2)
    same_length(b, "user_bias", P, "user_factors")
    same_length(c, "item_bias", Q, "item_factors")
    if P.shape[1] != Q.shape[1]:
        raise ValueError(
            "user_factors and item_factors must have as many columns, "
            f"got shapes {P.shape} and {Q.shape}"
        )
    return _join(np.column_stack((b, P)), np.column_stack((c, Q)))


def unpack(theta: ArrayLike, shape: Shape) -> Factors:
    """Take the vector of all parameters apart.

    Parameters
    ----------
    theta : array_like of shape ((n_users + n_items) * (1 + n_factors),)
        The parameters, as from `pack`.
    shape : tuple of int
        `(n_users, n_items, n_factors)`.

    Returns
    -------
    Factors
        New arrays: the biases and factors of users and items.

    Raises
    ------
    ValueError
        If `theta` has not the length that `shape` asks for.
    TypeError
        If `theta` does not hold real numbers, or `shape` is not a tuple of three integers.

    Examples
    --------
    >>> factors = unpack([0.1, 1.0, 2.0, 0.2, 3.0, 4.0, 0.3, 5.0, 6.0], (2, 1, 2))
    >>> factors.user_bias, factors.item_factors
    (array([0.1, 0.2]), array([[5., 6.]]))
    """
    shape = _checked_shape(shape)
    U, V = _split(_vector(theta, shape), shape)
    return Factors(U[:, 0].copy(), V[:, 0].copy(), U[:, 1:].copy(), V[:, 1:].copy())


def random_start(shape: Shape, *, scale: float = 0.1, rng: np.random.Generator) -> Array:
    """Draw parameters to start from.

    Parameters
    ----------
    shape : tuple of int
        `(n_users, n_items, n_factors)`.
    scale : float, default 0.1
        The standard deviation of the factors.
    rng : numpy.random.Generator
        Where the randomness comes from, such as `np.random.default_rng(0)`.

    Returns
    -------
    ndarray of shape ((n_users + n_items) * (1 + n_factors),)
        Biases 0, factors from a normal distribution. With all factors 0 their gradient would
        vanish, and no method that follows it would ever leave that point.

    Raises
    ------
    ValueError
        If `scale` is not positive.
    TypeError
        If `shape` is not a tuple of three integers, or `rng` not a generator.

    Examples
    --------
    >>> import numpy as np
    >>> random_start((2, 1, 2), rng=np.random.default_rng(0)).round(3)
    array([ 0.   ,  0.013, -0.013,  0.   ,  0.064,  0.01 ,  0.   , -0.054,  0.036])
    """
    n_users, n_items, n_factors = _checked_shape(shape)
    scale = as_number(scale, "scale", above=0)
    factors = scale * _generator(rng).normal(size=(n_users + n_items, n_factors))
    return np.column_stack((np.zeros(len(factors)), factors)).reshape(-1)


def predict_ratings(theta: ArrayLike, users: ArrayLike, items: ArrayLike, shape: Shape) -> Array:
    r"""Predict ratings, less the mean that was taken off before the fit.

    Parameters
    ----------
    theta : array_like of shape ((n_users + n_items) * (1 + n_factors),)
        The parameters.
    users, items : array_like of int of shape (n_ratings,)
        Whose rating of what is to be predicted: numbers from 0.
    shape : tuple of int
        `(n_users, n_items, n_factors)`.

    Returns
    -------
    ndarray of shape (n_ratings,)
        $b_u + c_i + p_u \cdot q_i$.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or a number is out of its range.
    TypeError
        If `users` or `items` does not hold integers.

    Examples
    --------
    >>> theta = pack([0.5, -0.5], [1.0], [[2.0], [0.0]], [[3.0]])
    >>> predict_ratings(theta, [0, 1], [0, 0], (2, 1, 1))
    array([7.5, 0.5])
    """
    shape = _checked_shape(shape)
    users, items = _pairs(users, items, shape)
    U, V = _split(_vector(theta, shape), shape)
    return _products(U[users], V[items])


def factorization_loss(
    theta: ArrayLike,
    users: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    shape: Shape,
    alpha: float,
) -> float:
    r"""Return the regularized squared error of a factorization on the known ratings.

    Parameters
    ----------
    theta : array_like of shape ((n_users + n_items) * (1 + n_factors),)
        The parameters.
    users, items : array_like of int of shape (n_ratings,)
        Who rated what: numbers from 0.
    ratings : array_like of shape (n_ratings,)
        The ratings, less their mean.
    shape : tuple of int
        `(n_users, n_items, n_factors)`; with 0 factors only the biases are left.
    alpha : float
        The weight of the L2 penalty, at least 0.

    Returns
    -------
    float
        With the errors $e_{ui} = b_u + c_i + p_u \cdot q_i - r_{ui}$, a sum over the known ratings,

        $$\frac12 \sum_{(u,i)} e_{ui}^2 + \frac\alpha2 \Bigl(\sum_u \bigl(b_u^2 + \lVert p_u
        \rVert^2\bigr) + \sum_i \bigl(c_i^2 + \lVert q_i \rVert^2\bigr)\Bigr).$$

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or a number is out of its range.
    TypeError
        If `users` or `items` does not hold integers, or another argument no real numbers.

    Notes
    -----
    A sum, not a mean: a user with few ratings is held closer to 0 than one with many.

    Turning all $p_u$ and $q_i$ by the same rotation changes nothing. So no minimum with
    $k > 1$ factors is isolated: the Hessian there has at least $k(k-1)/2$ eigenvalues 0, unless
    some factors vanish.

    References
    ----------
    Y. Koren, R. Bell and C. Volinsky, "Matrix factorization techniques for recommender systems",
    *Computer* 42(8) (2009), 30–37.

    Examples
    --------
    >>> theta = pack([0.5, -0.5], [1.0], [[2.0], [0.0]], [[3.0]])
    >>> factorization_loss(theta, [0, 1], [0, 0], [7.0, 1.5], (2, 1, 1), alpha=0.0)
    0.625
    """
    theta, problem = _problem(theta, users, items, ratings, shape, alpha)
    return problem.value(theta, problem.errors(theta))


def factorization_gradient(
    theta: ArrayLike,
    users: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    shape: Shape,
    alpha: float,
) -> Array:
    r"""Return the gradient of `factorization_loss`.

    Parameters
    ----------
    theta, users, items, ratings, shape, alpha
        As in `factorization_loss`.

    Returns
    -------
    ndarray of shape ((n_users + n_items) * (1 + n_factors),)
        In the order of `theta`, with sums over the known ratings:

        $$\frac{\partial J}{\partial b_u} = \sum_i e_{ui} + \alpha b_u, \qquad
        \frac{\partial J}{\partial p_u} = \sum_i e_{ui}\, q_i + \alpha p_u,$$

        $$\frac{\partial J}{\partial c_i} = \sum_u e_{ui} + \alpha c_i, \qquad
        \frac{\partial J}{\partial q_i} = \sum_u e_{ui}\, p_u + \alpha q_i.$$

    Raises
    ------
    ValueError, TypeError
        As in `factorization_loss`.

    Examples
    --------
    >>> theta = pack([0.5, -0.5], [1.0], [[2.0], [0.0]], [[3.0]])
    >>> factorization_gradient(theta, [0, 1], [0, 0], [7.0, 1.5], (2, 1, 1), alpha=0.0)
    array([ 0.5,  1.5, -1. , -3. , -0.5,  1. ])
    """
    theta, problem = _problem(theta, users, items, ratings, shape, alpha)
    return problem.gradient(theta, problem.errors(theta))


def alternating_least_squares(
    x0: ArrayLike,
    users: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    shape: Shape,
    alpha: float,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize `factorization_loss` by solving for all users, then for all items, and so on.

    Parameters
    ----------
    x0 : array_like of shape ((n_users + n_items) * (1 + n_factors),)
        The start, for example from `random_start`. Only its items matter.
    users, items, ratings, shape
        As in `factorization_loss`.
    alpha : float
        The weight of the L2 penalty, positive.
    **options : Options
        `maxiter`, `gtol`, `tol`, `callback` and `return_all`, see
        `calcguide.gradient_descent.Options`.

    Returns
    -------
    OptimizeResult
        As from `gradient_descent`; `nit` counts sweeps, each over all users and then all items.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or a number is out of its range.
    TypeError
        If `users` or `items` does not hold integers, or another argument no real numbers.

    Notes
    -----
    With the items fixed, the loss is convex and falls apart into one ridge regression for each
    user. With the rows $x_i = (1, q_i)$ for the items that user $u$ has rated, and the targets
    $r_{ui} - c_i$,

    $$(b_u, p_u) = \Bigl(\sum_i x_i x_i^\top + \alpha I\Bigr)^{-1} \sum_i (r_{ui} - c_i)\, x_i .$$

    The loss can't rise, and there is no learning rate. A sweep costs about
    $n_\mathrm{ratings} (k + 1)^2$ multiplications twice, and a system of $k + 1$ equations for
    each user and item. Where it arrives depends on the start, as the loss is not convex.

    References
    ----------
    [1] Y. Zhou, D. Wilkinson, R. Schreiber, R. Pan, "Large-scale parallel collaborative
    filtering for the Netflix Prize", AAIM 2008, LNCS 5034, 337-348 (2008).

    Examples
    --------
    A complete matrix of rank one whose rows and columns have the mean 0. The one singular value,
    20, is lowered by `alpha`, and so is the matrix:

    >>> import numpy as np
    >>> R = np.outer([3.0, -1.0, -2.0, 0.0], [4.0, 0.0, -4.0]) * 20 / np.sqrt(14 * 32)
    >>> users, items = (axis.ravel() for axis in np.indices(R.shape))
    >>> shape = 4, 3, 1
    >>> start = random_start(shape, rng=np.random.default_rng(0))
    >>> result = alternating_least_squares(start, users, items, R.ravel(), shape, alpha=1.0)
    >>> result.success
    True
    >>> fitted = predict_ratings(result.x, users, items, shape).reshape(R.shape)
    >>> np.allclose(fitted, R * 19 / 20, atol=1e-5)
    True
    """
    alpha = as_number(alpha, "alpha", above=0)
    start, problem = _problem(x0, users, items, ratings, shape, alpha, "x0")
    n_users, n_items, _ = problem.shape
    by_user = _ridge_regressions(
        problem.users, n_users, problem.items, problem.ratings, problem.alpha
    )
    by_item = _ridge_regressions(
        problem.items, n_items, problem.users, problem.ratings, problem.alpha
    )

    def advance(x: Array, value: float, grad: Array) -> Array:  # noqa: ARG001
        _, V = _split(x, problem.shape)
        U = by_user(V)
        return _join(U, by_item(U))

    return iterate(problem.visit, advance, start, **options)


def stochastic_gradient_descent(
    x0: ArrayLike,
    users: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    shape: Shape,
    alpha: float,
    *,
    learning_rate: float | Callable[[int], float],
    batch_size: int = 32,
    rng: np.random.Generator,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize `factorization_loss` by steps that look at a few ratings at a time.

    Parameters
    ----------
    x0 : array_like of shape ((n_users + n_items) * (1 + n_factors),)
        The start, for example from `random_start`. It is copied and never changed.
    users, items, ratings, shape
        As in `factorization_loss`.
    alpha : float
        The weight of the L2 penalty, at least 0.
    learning_rate : float or callable
        The step size $\eta$: a positive number, or a schedule that gives it for the epochs
        0, 1, 2, ... (see `calcguide.schedules`).
    batch_size : int, default 32
        How many ratings a step looks at.
    rng : numpy.random.Generator
        What shuffles the ratings before each epoch, such as `np.random.default_rng(0)`.
    **options : Options
        `maxiter`, `gtol`, `tol`, `callback` and `return_all`, see
        `calcguide.gradient_descent.Options`.

    Returns
    -------
    OptimizeResult
        As from `gradient_descent`; `nit` counts epochs, each over all ratings once. The gradient
        on all ratings is computed once an epoch, for the history and the stop test.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or a number is out of its range.
    TypeError
        If `users` or `items` does not hold integers, another argument no real numbers, or `rng`
        is not a generator.

    Notes
    -----
    The penalty is shared out among the ratings: with $n_u$ ratings of user $u$ and $n_i$ of item
    $i$, each step on a batch $B$ is

    $$p_u \leftarrow p_u - \eta \sum_{(u,i) \in B}
    \Bigl(e_{ui}\, q_i + \frac{\alpha}{n_u} p_u\Bigr), \qquad
    q_i \leftarrow q_i - \eta \sum_{(u,i) \in B}
    \Bigl(e_{ui}\, p_u + \frac{\alpha}{n_i} q_i\Bigr),$$

    and likewise for the biases. Summed over all ratings, these are the partial derivatives of
    the loss; with one batch of all ratings, the method is gradient descent with the rate $\eta$.
    (Users and items without a single rating stay where they start.)
    Many programs, following [1], have $\alpha$ where $\alpha / n_u$ stands here. They minimize
    another loss, in which the penalty of a user grows with the number of ratings.

    With a constant rate the steps never die down, because the batches disagree: the loss comes
    near a minimum and then hovers. A decaying schedule mends this [2].

    References
    ----------
    [1] S. Funk, "Netflix update: try this at home" (2006),
    https://sifter.org/~simon/journal/20061211.html

    [2] H. Robbins, S. Monro, "A stochastic approximation method", The Annals of Mathematical
    Statistics 22, 400-407 (1951).

    Examples
    --------
    >>> import numpy as np
    >>> users, items = [0, 0, 1, 1, 2], [0, 1, 0, 2, 1]
    >>> ratings, shape = [1.0, -1.0, 0.5, -0.5, 0.0], (3, 3, 1)
    >>> result = stochastic_gradient_descent(
    ...     random_start(shape, rng=np.random.default_rng(0)), users, items, ratings, shape,
    ...     alpha=0.1, learning_rate=0.1, batch_size=1, rng=np.random.default_rng(1), maxiter=200,
    ... )
    >>> bool(result.fun < result.history.fun[0] / 3)
    True
    """
    rng = _generator(rng)
    batch_size = as_integer(batch_size, "batch_size", least=1)
    if not callable(learning_rate):
        learning_rate = constant(as_number(learning_rate, "learning_rate", above=0))
    start, problem = _problem(x0, users, items, ratings, shape, alpha, "x0")
    n_users, n_items, _ = problem.shape
    # What each rating bears of the penalty. (Those without ratings come in no batch.)
    user_share = problem.alpha / np.maximum(np.bincount(problem.users, minlength=n_users), 1)
    item_share = problem.alpha / np.maximum(np.bincount(problem.items, minlength=n_items), 1)
    n_batches = ceil(problem.ratings.size / batch_size)
    epoch = 0

    def visit(x: Array, k: int) -> tuple[float, Array, float]:
        nonlocal epoch
        epoch = k
        return problem.visit(x, k)

    def advance(x: Array, value: float, grad: Array) -> Array:  # noqa: ARG001
        rate = as_number(learning_rate(epoch), f"learning_rate({epoch})", least=0)
        U, V = _split(x.copy(), problem.shape)
        for batch in np.array_split(rng.permutation(problem.ratings.size), n_batches):
            u, i = problem.users[batch], problem.items[batch]
            user, item = U[u], V[i]
            error = (_products(user, item) - problem.ratings[batch])[:, np.newaxis]
            user_step = rate * (error * _with_one(item) + user_share[u, np.newaxis] * user)
            item_step = rate * (error * _with_one(user) + item_share[i, np.newaxis] * item)
            # A user or item may come twice in a batch: `U[u] -= ...` would keep one step only.
            np.subtract.at(U, u, user_step)
            np.subtract.at(V, i, item_step)
        return _join(U, V)

    return iterate(visit, advance, start, **options)


class _Problem(NamedTuple):
    """The ratings and the penalty, after all checks."""

    users: Index
    items: Index
    ratings: Array
    shape: Shape
    alpha: float

    def errors(self, theta: Array) -> Array:
        U, V = _split(theta, self.shape)
        return _products(U[self.users], V[self.items]) - self.ratings

    def value(self, theta: Array, errors: Array) -> float:
        # A sum of squares, for BLAS spreads a dot product of this length over threads that then
        # take longer to wake up than to work.
        return float(np.square(errors).sum() + self.alpha * np.square(theta).sum()) / 2

    def gradient(self, theta: Array, errors: Array) -> Array:
        U, V = _split(theta, self.shape)
        users = _sum_by(self.users, len(U), errors[:, np.newaxis] * _with_one(V[self.items]))
        items = _sum_by(self.items, len(V), errors[:, np.newaxis] * _with_one(U[self.users]))
        return _join(users, items) + self.alpha * theta

    def visit(self, x: Array, k: int) -> tuple[float, Array, float]:  # noqa: ARG002
        errors = self.errors(x)
        gradient = self.gradient(x, errors)
        return self.value(x, errors), gradient, sqrt(gradient @ gradient)


def _problem(
    theta: ArrayLike,
    users: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    shape: Shape,
    alpha: float,
    name: str = "theta",
) -> tuple[Array, _Problem]:
    shape = _checked_shape(shape)
    users, items = _pairs(users, items, shape)
    ratings = as_array(ratings, "ratings", ndim=1)
    same_length(ratings, "ratings", users, "users")
    alpha = as_number(alpha, "alpha", least=0)
    return _vector(theta, shape, name), _Problem(users, items, ratings, shape, alpha)


def _ridge_regressions(
    groups: Index, n_groups: int, others: Index, ratings: Array, alpha: float
) -> Callable[[Array], Array]:
    """Return the function from the rows of the other side to the best rows of this one."""
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(n_groups + 1))
    others, ratings = others[order], ratings[order]

    def solve(rows: Array) -> Array:
        X = rows[others]
        y = ratings - X[:, 0]
        X[:, 0] = 1.0
        gram = np.empty((n_groups, X.shape[1], X.shape[1]))
        moment = np.empty((n_groups, X.shape[1]))
        for group, (begin, end) in enumerate(pairwise(bounds)):
            X_group = X[begin:end]
            gram[group] = X_group.T @ X_group
            moment[group] = y[begin:end] @ X_group
        # Beside so much larger products, the rounding of these would count as much as alpha.
        weak = np.flatnonzero(alpha < _WEAK * gram.trace(axis1=1, axis2=2))
        gram += alpha * np.eye(X.shape[1])
        gram[weak], moment[weak] = np.eye(X.shape[1]), 0.0
        best = np.asarray(np.linalg.solve(gram, moment[:, :, np.newaxis])[:, :, 0])
        for group in weak.tolist():
            own = slice(bounds[group], bounds[group + 1])
            best[group] = _ridge(X[own], y[own], alpha)
        return best

    return solve


# The share of the largest eigenvalue below which a penalty is left to the singular values.
_WEAK = 1e-8


def _ridge(X: Array, y: Array, alpha: float) -> Array:
    """Return the ridge regression of y on X by the singular values of X."""
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    # Rounding leaves tiny singular values where there are none, and a weak penalty brings them out.
    s[s <= s[0] * max(X.shape) * np.finfo(float).eps] = 0.0
    # s / (s**2 + alpha), the squares of which may be too small for a float.
    factors = np.divide(1.0, s + alpha / np.where(s > 0, s, 1.0), where=s > 0, out=np.zeros_like(s))
    return np.asarray((factors * (y @ U)) @ Vt)


def _products(user_rows: Array, item_rows: Array) -> Array:
    """Return the prediction from a row (bias, factors) for the user and one for the item."""
    products = np.einsum("rk,rk->r", user_rows[:, 1:], item_rows[:, 1:])
    return np.asarray(user_rows[:, 0] + item_rows[:, 0] + products)


def _with_one(rows: Array) -> Array:
    """Return the derivative of the prediction by the row of the other side: (1, factors)."""
    result = rows.copy()
    result[:, 0] = 1.0
    return result


def _sum_by(groups: Index, n_groups: int, rows: Array) -> Array:
    return np.stack([np.bincount(groups, column, n_groups) for column in rows.T], axis=1)


def _split(theta: Array, shape: Shape) -> tuple[Array, Array]:
    """Return views of the rows (bias, factors) of the users, and of the items."""
    rows = theta.reshape(-1, 1 + shape[2])
    return rows[: shape[0]], rows[shape[0] :]


def _join(U: Array, V: Array) -> Array:
    return np.concatenate((U, V)).reshape(-1)


def _vector(theta: ArrayLike, shape: Shape, name: str = "theta") -> Array:
    vector = as_real(theta, name, ndim=1)
    size = (shape[0] + shape[1]) * (1 + shape[2])
    if vector.size != size:
        raise ValueError(f"{name} must have {size} entries for shape {shape}, got {vector.size}")
    return vector


def _checked_shape(shape: object) -> Shape:
    if not (isinstance(shape, tuple) and len(shape) == 3):
        raise TypeError(f"shape must be a tuple (n_users, n_items, n_factors), got {shape!r}")
    n_users, n_items, n_factors = shape
    return (
        as_integer(n_users, "n_users", least=1),
        as_integer(n_items, "n_items", least=1),
        as_integer(n_factors, "n_factors", least=0),
    )


def _pairs(users: ArrayLike, items: ArrayLike, shape: Shape) -> tuple[Index, Index]:
    users, items = _numbers(users, "users", shape[0]), _numbers(items, "items", shape[1])
    same_length(users, "users", items, "items")
    return users, items


def _numbers(value: ArrayLike, name: str, below: int) -> Index:
    refuse_masked(value, name)
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iu":
        raise TypeError(f"{name} must be an array of integers, got dtype {numbers.dtype}")
    if numbers.ndim != 1 or numbers.size == 0:
        raise ValueError(f"{name} must be 1-D and not empty, got shape {numbers.shape}")
    if numbers.min() < 0 or numbers.max() >= below:
        wrong = numbers[(numbers < 0) | (numbers >= below)][0]
        raise ValueError(f"{name} must be from 0 to {below - 1}, got {wrong}")
    return numbers.astype(np.intp)


def _generator(rng: np.random.Generator) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
    return rng
