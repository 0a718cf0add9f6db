r"""Gradient descent and its kin: plain, with momentum, Nesterov's, Adam, proximal.

All five share one loop; each brings only its update rule, with its state in a closure.
"""

from collections.abc import Callable
from math import inf, sqrt
from typing import Any, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from calcguide._checks import as_number, as_scalar
from calcguide._functions import Function, as_vector, bind
from calcguide._iteration import Vector, euclidean_norm, iterate, value_and_gradient
from calcguide.results import OptimizeResult

__all__ = [
    "Options",
    "adam",
    "gradient_descent",
    "momentum",
    "nesterov",
    "proximal_gradient",
]

LearningRate: TypeAlias = float | Callable[[int], float]
# From a point, its gradient and the learning rate to the next point.
Update: TypeAlias = Callable[[Vector, Vector, float], Vector]


class Options(TypedDict, total=False):
    """The options that all methods share.

    Attributes
    ----------
    maxiter : int, default 1000
        The largest number of steps.
    gtol : float, default 1e-5
        The run has converged when no component of the gradient is larger than `gtol` in
        magnitude: the rule and the default of SciPy's BFGS and L-BFGS-B. It is absolute. A rule
        relative to the gradient at `x0` would accept any point after a start that is bad enough,
        and none after a start that is a minimum already. The gradient has the units of the
        function by those of the variables: multiply `gtol` by what you multiply the function by.
    tol : float, optional
        Takes the place of `gtol`. `scipy.optimize.minimize` hands on its own `tol` by this name.
    callback : callable, optional
        Called after each step as `callback(xk)` with a copy of the new point, or, if its only
        parameter has this name, as `callback(intermediate_result=...)` with an
        `IntermediateResult`. Raising `StopIteration` ends the run.
    return_all : bool, default True
        Whether to keep all points in `history.x`. They take 8 bytes for each variable and step:
        0.4 GB for 1e5 variables and 500 steps.

    Notes
    -----
    `scipy.optimize.minimize` hands on `hess`, `hessp`, `bounds` and `constraints` as well. Those
    that a method does not support are refused with a `ValueError` if they are given.
    """

    maxiter: int
    gtol: float
    tol: float | None
    callback: Callable[..., object] | None
    return_all: bool


def gradient_descent(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    learning_rate: LearningRate,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize a function by steps against its gradient.

    Parameters
    ----------
    fun : callable
        The function to minimize, `fun(x, *args) -> float`, with `x` of shape `(n,)`.
    x0 : array_like of shape (n,)
        The start. It is copied and never changed; integers become floats.
    args : tuple, default ()
        Further arguments of `fun` and `jac`.
    jac : callable or True
        The gradient, `jac(x, *args) -> array` of shape `(n,)`. With `True`, `fun` returns the
        pair of value and gradient.
    learning_rate : float or callable
        The step size $\alpha$: a positive number, or a schedule that gives it for the steps
        0, 1, 2, ... (see `calcguide.schedules`).
    **options : Options
        `maxiter`, `gtol`, `tol`, `callback` and `return_all`, see `Options`.

    Returns
    -------
    OptimizeResult
        The last point, why the run stopped, and all points on the way in `history`. A run that
        diverges ends with `Status.NOT_FINITE` at its last finite point.

    Raises
    ------
    ValueError
        If `jac` is missing or returns another shape than that of `x`, if the function or its
        gradient is not finite at `x0`, or if an argument is out of its range.

    Notes
    -----
    Cauchy's method of steepest descent [1] with a given step size:

    $$x_{k+1} = x_k - \alpha_k \nabla f(x_k).$$

    For a quadratic with Hessian $A$ and a constant $\alpha$, the error along the eigenvector of
    the eigenvalue $\lambda$ is multiplied by $1 - \alpha\lambda$ in each step. The method
    converges for $0 < \alpha < 2/\lambda_{\max}$ and fastest for
    $\alpha = 2/(\lambda_{\min} + \lambda_{\max})$ [2].

    All methods here can be passed to SciPy:
    `minimize(fun, x0, jac=grad, method=gradient_descent, options={"learning_rate": 0.1})`.

    References
    ----------
    [1] A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations
    simultanées", Comptes rendus 25, 536-538 (1847).

    [2] Y. Nesterov, "Lectures on Convex Optimization", 2nd ed., section 2.1.5 (2018).

    Examples
    --------
    The mean squared error with factor 1/(2m) of a line through (1, 2) and (2, 3):

    >>> import numpy as np
    >>> from calcguide.gradient_descent import gradient_descent
    >>> X, y = np.array([[1.0, 1.0], [1.0, 2.0]]), np.array([2.0, 3.0])
    >>> result = gradient_descent(
    ...     lambda w: ((X @ w - y) ** 2).sum() / (2 * len(y)),
    ...     [0.5, 0.5],
    ...     jac=lambda w: X.T @ (X @ w - y) / len(y),
    ...     learning_rate=0.5,
    ... )
    >>> result.success, result.x.round(3)
    (True, array([1., 1.]))
    """

    def update(x: Vector, grad: Vector, rate: float) -> Vector:
        return x - rate * grad

    return _smooth(update, fun, x0, args, jac, learning_rate, options)


def momentum(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    learning_rate: LearningRate,
    beta: float = 0.9,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize a function by Polyak's heavy-ball method: gradient descent with momentum.

    Parameters
    ----------
    fun, x0, args, jac, learning_rate, **options
        As for `gradient_descent`.
    beta : float, default 0.9
        The share of the last step that is kept, $0 \le \beta < 1$; 0 is plain gradient descent.

    Returns
    -------
    OptimizeResult
        As from `gradient_descent`.

    Notes
    -----
    With the velocity $v_0 = 0$ [1]:

    $$v_{k+1} = \beta v_k - \alpha_k \nabla f(x_k), \qquad x_{k+1} = x_k + v_{k+1}.$$

    The learning rate stands inside the velocity. Where it is applied to the velocity instead
    ($v_{k+1} = \beta v_k + \nabla f$, $x_{k+1} = x_k - \alpha_k v_{k+1}$), the points are the
    same for a constant rate, and others for a schedule. For a quadratic the method converges for
    $0 < \alpha < 2(1 + \beta)/\lambda_{\max}$.

    References
    ----------
    [1] B. T. Polyak, "Some methods of speeding up the convergence of iteration methods",
    USSR Computational Mathematics and Mathematical Physics 4(5), 1-17 (1964).

    Examples
    --------
    A narrow valley, along which plain gradient descent has to creep:

    >>> import numpy as np
    >>> from calcguide.gradient_descent import gradient_descent, momentum
    >>> A = np.diag([1.0, 100.0])
    >>> problem = dict(fun=lambda x: x @ A @ x / 2, x0=[1.0, 1.0], jac=lambda x: A @ x)
    >>> gradient_descent(**problem, learning_rate=0.0198).nit
    798
    >>> momentum(**problem, learning_rate=0.033, beta=0.669).nit
    81
    """
    beta = as_number(beta, "beta", least=0, below=1)
    velocity: Vector | float = 0.0

    def update(x: Vector, grad: Vector, rate: float) -> Vector:
        nonlocal velocity
        velocity = beta * velocity - rate * grad
        return x + velocity

    return _smooth(update, fun, x0, args, jac, learning_rate, options)


def nesterov(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    learning_rate: LearningRate,
    beta: float = 0.9,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize a function by Nesterov's accelerated gradient method.

    Parameters
    ----------
    fun, x0, args, jac, learning_rate, **options
        As for `gradient_descent`.
    beta : float, default 0.9
        The constant momentum, $0 \le \beta < 1$; 0 is plain gradient descent.

    Returns
    -------
    OptimizeResult
        As from `gradient_descent`. Its points, in `x` and `history`, are the $y_k$ below: those
        where function and gradient are evaluated.

    Notes
    -----
    Momentum, with the gradient taken at the point to which the momentum leads [1]:

    $$x_{k+1} = y_k - \alpha_k \nabla f(y_k), \qquad
    y_{k+1} = x_{k+1} + \beta (x_{k+1} - x_k), \qquad y_0 = x_0.$$

    Written with the velocity $v_k = x_k - x_{k-1}$, $v_0 = 0$, in terms of $y$ alone [2],
    which needs no second evaluation at $x_k$:

    $$v_{k+1} = \beta v_k - \alpha_k \nabla f(y_k), \qquad
    y_{k+1} = y_k + \beta v_{k+1} - \alpha_k \nabla f(y_k).$$

    For a quadratic with eigenvalues from $\mu$ to $L$ the method converges for
    $0 < \alpha < 2(1 + \beta)/((1 + 2\beta) L)$; $\alpha = 1/L$ and
    $\beta = (\sqrt L - \sqrt\mu)/(\sqrt L + \sqrt\mu)$ is the standard choice.

    References
    ----------
    [1] Y. Nesterov, "A method of solving a convex programming problem with convergence rate
    O(1/k^2)", Soviet Mathematics Doklady 27, 372-376 (1983).

    [2] Y. Bengio, N. Boulanger-Lewandowski, R. Pascanu, "Advances in optimizing recurrent
    networks", ICASSP, 8624-8628 (2013).

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.gradient_descent import nesterov
    >>> A = np.diag([1.0, 100.0])
    >>> nesterov(
    ...     lambda x: x @ A @ x / 2, [1.0, 1.0], jac=lambda x: A @ x, learning_rate=0.01, beta=9 / 11
    ... ).nit
    134
    """
    beta = as_number(beta, "beta", least=0, below=1)
    velocity: Vector | float = 0.0

    def update(x: Vector, grad: Vector, rate: float) -> Vector:
        nonlocal velocity
        descent = rate * grad
        velocity = beta * velocity - descent
        return x + (beta * velocity - descent)

    return _smooth(update, fun, x0, args, jac, learning_rate, options)


def adam(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    learning_rate: LearningRate,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize a function by Adam: momentum, and a step size of its own for each component.

    Parameters
    ----------
    fun, x0, args, jac, learning_rate, **options
        As for `gradient_descent`.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares that the running means of the gradient and of its square keep in each step,
        $0 \le \beta < 1$.
    eps : float, default 1e-8
        Added to the root, so that nothing is divided by zero; positive.

    Returns
    -------
    OptimizeResult
        As from `gradient_descent`.

    Notes
    -----
    Algorithm 1 of [1], all operations by component, $m_0 = v_0 = 0$, $g_k = \nabla f(x_k)$:

    $$m_{k+1} = \beta_1 m_k + (1 - \beta_1) g_k, \qquad
    v_{k+1} = \beta_2 v_k + (1 - \beta_2) g_k^2,$$

    $$x_{k+1} = x_k - \alpha_k \frac{m_{k+1}/(1 - \beta_1^{k+1})}
    {\sqrt{v_{k+1}/(1 - \beta_2^{k+1})} + \varepsilon}.$$

    The powers undo the bias towards the zero start; $\varepsilon$ stands outside the root, after
    this correction (as in PyTorch and Optax; the form at the end of section 2 of the paper, and
    Keras, add it to the uncorrected root). The first step has length
    $\alpha\, |g| / (|g| + \varepsilon)$ in every component: nearly $\alpha$ whatever the scale of the
    gradient, as long as it is far above $\varepsilon$, and half of that at $|g| = \varepsilon$.

    With a constant rate Adam need not converge: near the minimum the steps may stay about as
    long as $\alpha$. A decaying schedule helps.

    References
    ----------
    [1] D. P. Kingma, J. Ba, "Adam: A method for stochastic optimization", ICLR (2015),
    arXiv:1412.6980.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.gradient_descent import adam
    >>> A = np.diag([1.0, 100.0])
    >>> result = adam(
    ...     lambda x: x @ A @ x / 2, [1.0, 1.0], jac=lambda x: A @ x, learning_rate=0.1
    ... )
    >>> result.success
    True
    >>> result.history.x[1]
    array([0.9, 0.9])
    """
    beta1 = as_number(beta1, "beta1", least=0, below=1)
    beta2 = as_number(beta2, "beta2", least=0, below=1)
    eps = as_number(eps, "eps", above=0)
    mean: Vector | float = 0.0
    # The root of the mean square, not the mean square itself, which may overflow.
    root: Vector | float = 0.0
    # The powers beta ** (k + 1), kept as products.
    power1 = power2 = 1.0

    def update(x: Vector, grad: Vector, rate: float) -> Vector:
        nonlocal mean, root, power1, power2
        mean = beta1 * mean + (1 - beta1) * grad
        root = np.hypot(sqrt(beta2) * root, sqrt(1 - beta2) * grad)
        power1 *= beta1
        power2 *= beta2
        return x - rate / (1 - power1) * mean / (root / sqrt(1 - power2) + eps)

    return _smooth(update, fun, x0, args, jac, learning_rate, options)


def proximal_gradient(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    prox: Callable[[Vector, float], ArrayLike],
    penalty: Callable[[Vector], float],
    learning_rate: LearningRate,
    accelerated: bool = False,
    **options: Unpack[Options],
) -> OptimizeResult:
    r"""Minimize a smooth function plus a penalty that may have kinks, such as the L1 norm.

    Parameters
    ----------
    fun, x0, args, jac, **options
        As for `gradient_descent`, for the smooth part $f$ alone.
    prox : callable
        The proximal operator of the penalty, `prox(v, step) -> array` of shape `(n,)`:

        $$\operatorname{prox}(v, \alpha)
        = \arg\min_u \left( p(u) + \tfrac{1}{2\alpha} \lVert u - v \rVert_2^2 \right).$$
    penalty : callable
        The penalty itself, `penalty(x) -> float`. It is used for the values only. For a
        constraint it is 0 inside and `prox` the projection.
    learning_rate : float or callable
        As for `gradient_descent`; a schedule must stay above 0. The method converges for
        $0 < \alpha < 2/L$, accelerated for $\alpha \le 1/L$, where $L$ is the Lipschitz
        constant of $\nabla f$ (its largest curvature).
    accelerated : bool, default False
        Whether to add momentum: FISTA instead of ISTA.

    Returns
    -------
    OptimizeResult
        As from `gradient_descent`, where `fun` is $F = f + p$, `jac` the gradient mapping, and
        `history.grad_norm` its norm, on which the stop test is made.

    Notes
    -----
    A gradient step on $f$, then a proximal step on $p$ [1]:

    $$x_{k+1} = \operatorname{prox}\bigl(y_k - \alpha_k \nabla f(y_k),\ \alpha_k\bigr),$$

    where $y_k = x_k$, or, accelerated [2], with $t_0 = 1$,

    $$t_{k+1} = \tfrac12 \bigl(1 + \sqrt{1 + 4 t_k^2}\bigr), \qquad
    y_{k+1} = x_{k+1} + \frac{t_k - 1}{t_{k+1}} (x_{k+1} - x_k).$$

    The error $F(x_k) - F_{\min}$ of a convex problem falls like $1/k$, accelerated like $1/k^2$.

    The gradient mapping $G_k = (y_k - x_{k+1})/\alpha_k$ takes the place of the gradient: it is
    the gradient if there is no penalty, and zero exactly at the minima of a convex $F$.
    Accelerated, $y_k$ can pass a minimum while $x_k$ is still on its way; there the test is on
    the larger of $\lVert G_k \rVert$ and $\lVert x_k - x_{k+1} \rVert / \alpha_k$. When both are
    at most $\epsilon$, the mapping at $x_k$ itself is at most $5\epsilon$.

    References
    ----------
    [1] N. Parikh, S. Boyd, "Proximal algorithms", Foundations and Trends in Optimization
    1(3), 127-239, section 4.2 (2014).

    [2] A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear
    inverse problems", SIAM Journal on Imaging Sciences 2(1), 183-202 (2009).

    Examples
    --------
    The minimum of ½‖x − (3, 0.5)‖² + ‖x‖₁ is the soft threshold of (3, 0.5) at 1:

    >>> import numpy as np
    >>> from calcguide.gradient_descent import proximal_gradient
    >>> target = np.array([3.0, 0.5])
    >>> proximal_gradient(
    ...     lambda x: ((x - target) ** 2).sum() / 2,
    ...     [0.0, 0.0],
    ...     jac=lambda x: x - target,
    ...     prox=lambda v, step: np.sign(v) * np.maximum(np.abs(v) - step, 0),
    ...     penalty=lambda x: np.abs(x).sum(),
    ...     learning_rate=0.5,
    ... ).x.round(4)
    array([2., 0.])
    """
    if not callable(prox):
        raise TypeError(f"prox must be callable as prox(v, step), got {type(prox).__name__}")
    if not callable(penalty):
        raise TypeError(f"penalty must be callable as penalty(x), got {type(penalty).__name__}")
    value_at, gradient_at = value_and_gradient(fun, jac, args)
    penalty_at = bind(penalty, (), "penalty")
    schedule = _schedule(learning_rate)
    ahead: Vector | None = None
    following: Vector
    t = 1.0

    def visit(x: Vector, k: int) -> tuple[float, Vector, float]:
        nonlocal ahead, following, t
        rate = schedule(k)
        if rate == 0:
            raise ValueError("learning_rate must stay above 0 for a proximal step, got 0")
        y = x if ahead is None else ahead
        value = as_scalar(value_at(x), "fun") + as_scalar(penalty_at(x), "penalty")
        grad = gradient_at(y)
        following = as_vector(prox(y - rate * grad, rate), x, "prox")
        mapping = (y - following) / rate
        norm = euclidean_norm(mapping)
        if accelerated:
            norm = max(norm, euclidean_norm(x - following) / rate)
            t, last = (1 + sqrt(1 + 4 * t * t)) / 2, t
            ahead = following + (last - 1) / t * (following - x)
        return value, mapping, norm

    def advance(x: Vector, value: float, grad: Vector) -> Vector:  # noqa: ARG001
        return following

    return iterate(visit, advance, x0, **options)


def _smooth(
    update: Update,
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...],
    jac: Function | bool | None,
    learning_rate: LearningRate,
    options: Options,
) -> OptimizeResult:
    """Run the loop with an update rule that needs the gradient at the point only."""
    value_at, gradient_at = value_and_gradient(fun, jac, args)
    schedule = _schedule(learning_rate)
    rate = 0.0

    def visit(x: Vector, k: int) -> tuple[Any, Vector, float]:
        nonlocal rate
        rate = schedule(k)
        value, grad = value_at(x), gradient_at(x)
        return value, grad, euclidean_norm(grad)

    def advance(x: Vector, value: float, grad: Vector) -> Vector:  # noqa: ARG001
        return update(x, grad, rate)

    return iterate(visit, advance, x0, **options)


def _schedule(learning_rate: LearningRate) -> Callable[[int], float]:
    """Return the learning rate as a checked function of the step."""
    if not callable(learning_rate):
        constant = as_number(learning_rate, "learning_rate", above=0)
        return lambda _: constant

    def schedule(step: int) -> float:
        rate = float(learning_rate(step))
        if not 0 <= rate < inf:
            raise ValueError(f"learning_rate({step}) must be finite and >= 0, got {rate}")
        return rate

    return schedule
