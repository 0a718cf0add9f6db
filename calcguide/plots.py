r"""Pictures of functions, their slopes and the way an optimizer takes.

Every function draws into ``ax``, or into the current axes if none is given, returns the axes and
leaves titles, labels and showing to the caller. Colours come from Matplotlib's property cycle and
text colour alone, so that a style sheet changes them all.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, same_length

if TYPE_CHECKING:  # Matplotlib is imported when something is drawn, not with the package
    from matplotlib.axes import Axes

__all__ = [
    "plot_coef_path",
    "plot_contours",
    "plot_gradient_field",
    "plot_history",
    "plot_path",
    "plot_tangent",
]


def plot_contours(
    fun: Callable[[NDArray[np.float64]], float],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    levels: int | ArrayLike = 12,
    resolution: int = 100,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the level curves of a function of two variables.

    Parameters
    ----------
    fun : callable
        The function, ``fun(x) -> float`` with ``x`` of shape ``(2,)``.
    xlim, ylim : tuple of float
        The range of each variable, lower end first.
    levels : int or array_like, default 12
        The values whose curves are drawn; or how many. The levels are then quantiles of the
        values in the picture, so that there is the same area between any two curves, however
        steep the function.
    resolution : int, default 100
        Number of points in each direction at which the function is evaluated.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default into the current axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. The higher a curve, the fainter it is.

    Raises
    ------
    ValueError
        If a range is empty, or no level lies between the values of the function.
    TypeError
        If an argument has the wrong type.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_contours(lambda x: x @ x, xlim=(-1, 1), ylim=(-2, 2), levels=[1, 2])
    >>> ax.collections[0].levels
    array([1., 2.])
    >>> plt.close()
    """
    x, y = _grid(xlim, "xlim", resolution), _grid(ylim, "ylim", resolution)
    values = np.array([[float(fun(np.array([a, b]))) for a in x] for b in y])
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise ValueError("fun must be finite somewhere between xlim and ylim")
    if np.ndim(levels) == 0:
        count = as_integer(levels, "levels", least=1)
        heights = np.unique(np.quantile(finite, np.linspace(0, 1, count + 2)[1:-1]))
    else:
        heights = np.unique(as_array(levels, "levels", ndim=1))
    if not ((heights > finite.min()) & (heights < finite.max())).any():
        raise ValueError(
            f"levels must lie between the values of fun, {finite.min():g} and {finite.max():g}, "
            f"got {heights}"
        )
    ax = _axes(ax)
    shades = [(_ink(), alpha) for alpha in np.linspace(0.8, 0.25, heights.size)]
    ax.contour(x, y, values, heights, colors=shades, linewidths=1.0)
    return ax


def plot_path(points: ArrayLike, *, label: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw the points that an optimizer visited, in the plane, joined in their order.

    Parameters
    ----------
    points : array_like of shape (n_points, 2)
        The points, such as ``result.history.x``.
    label : str, optional
        The name of the path in the legend.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default into the current axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. A ring marks the start, a star the end.

    Raises
    ------
    ValueError
        If ``points`` does not have two columns.
    TypeError
        If ``points`` does not hold real numbers.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_path([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], label="two steps")
    >>> [line.get_marker() for line in ax.lines]
    ['.', 'o', '*']
    >>> plt.close()
    """
    points = as_array(points, "points", ndim=2)
    if points.shape[1] != 2:
        raise ValueError(f"points must have shape (n_points, 2), got {points.shape}")
    ax = _axes(ax)
    (line,) = ax.plot(*points.T, marker=".", label=label)
    ends: dict[str, Any] = {"color": line.get_color(), "linestyle": "none"}
    ax.plot(*points[:1].T, marker="o", markersize=9, markerfacecolor="none", **ends)
    ax.plot(*points[-1:].T, marker="*", markersize=13, **ends)
    return ax


def plot_history(
    values: ArrayLike, *, logy: bool = True, label: str | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw a value of each iteration, such as the loss.

    Parameters
    ----------
    values : array_like of shape (n_values,)
        The values, from iteration 0 on, such as ``result.history.fun``.
    logy : bool, default True
        Whether the vertical axis is logarithmic: steady linear convergence is then a straight
        line. Values that are not positive leave gaps there.
    label : str, optional
        The name of the curve in the legend.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default into the current axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.

    Raises
    ------
    ValueError
        If ``values`` is not 1-D, or ``logy`` and no value is positive.
    TypeError
        If ``values`` does not hold real numbers.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_history([1.0, 0.1, 0.01], label="loss")
    >>> ax.get_yscale(), ax.get_xlabel()
    ('log', 'iteration')
    >>> plt.close()
    """
    values = as_array(values, "values", ndim=1)
    if logy and values.max() <= 0:
        raise ValueError(
            f"values must hold a positive number for a logarithmic axis, got at most "
            f"{values.max():g}; use logy=False"
        )
    ax = _axes(ax)
    ax.plot(np.arange(values.size), values, label=label)
    if logy:
        ax.set_yscale("log", nonpositive="mask")
    ax.set_xlabel("iteration")
    return ax


def plot_gradient_field(
    jac: Callable[[NDArray[np.float64]], ArrayLike],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    resolution: int = 15,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the gradient of a function of two variables as arrows.

    Parameters
    ----------
    jac : callable
        The gradient, ``jac(x) -> array`` of shape ``(2,)`` with ``x`` of shape ``(2,)``.
    xlim, ylim : tuple of float
        The range of each variable, lower end first.
    resolution : int, default 15
        Number of arrows in each direction.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default into the current axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. An arrow begins at its point; its direction is that of the gradient in the
        units of the axes, uphill, and its length is proportional to the norm of the gradient.

    Raises
    ------
    ValueError
        If a range is empty or a gradient is not of shape ``(2,)``.
    TypeError
        If an argument has the wrong type.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_gradient_field(lambda x: 2 * x, xlim=(-1, 1), ylim=(-1, 1), resolution=3)
    >>> len(ax.collections)
    1
    >>> plt.close()
    """
    x, y = _grid(xlim, "xlim", resolution), _grid(ylim, "ylim", resolution)
    points = np.array([(a, b) for b in y for a in x])
    gradients = np.array([as_array(jac(point), "jac(x)", ndim=1) for point in points])
    if gradients.shape != points.shape:
        raise ValueError(f"jac(x) must have shape (2,), got {gradients.shape[1:]}")
    ax = _axes(ax)
    ax.quiver(*points.T, *gradients.T, angles="xy", color=_ink(), alpha=0.7)
    return ax


def plot_tangent(
    fun: Callable[[float], float],
    derivative: Callable[[float], float],
    x0: float,
    *,
    xlim: tuple[float, float],
    ax: "Axes | None" = None,
) -> "Axes":
    r"""Draw a function of one variable and its tangent at a point.

    Parameters
    ----------
    fun : callable
        The function, ``fun(x) -> float``.
    derivative : callable
        Its derivative, ``derivative(x) -> float``.
    x0 : float
        The point of contact.
    xlim : tuple of float
        The range of the variable, lower end first.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default into the current axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, as high as the function: a steep tangent is cut off.

    Raises
    ------
    ValueError
        If the range is empty or a number is not finite.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    The tangent is $y = f(x_0) + f'(x_0) (x - x_0)$.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_tangent(lambda x: x**2, lambda x: 2 * x, 1.0, xlim=(-2, 2))
    >>> [line.get_label() for line in ax.lines[:2]]
    ['function', 'tangent at x = 1']
    >>> plt.close()
    """
    x0 = as_number(x0, "x0")
    x = _grid(xlim, "xlim", 201)
    values = np.array([float(fun(float(point))) for point in x])
    height = as_number(float(fun(x0)), "fun(x0)")
    slope = as_number(float(derivative(x0)), "derivative(x0)")
    ax = _axes(ax)
    ax.plot(x, values, label="function")
    limits = ax.get_ylim()
    (line,) = ax.plot(x, height + slope * (x - x0), "--", label=f"tangent at x = {x0:g}")
    ax.plot([x0], [height], "o", color=line.get_color())
    ax.set_ylim(limits)
    return ax


def plot_coef_path(
    alphas: ArrayLike,
    coefs: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw how the coefficients of a model depend on the weight of its penalty.

    Parameters
    ----------
    alphas : array_like of shape (n_alphas,)
        The weights of the penalty, positive, on a logarithmic axis.
    coefs : array_like of shape (n_alphas, n_features)
        The coefficients, such as those of `calcguide.linear_models.lasso_path`.
    names : sequence of str, length n_features, optional
        The names of the features, for a legend beside the axes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default into the current axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with a line for each feature. Lines of the same colour differ in their dashes.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or one of ``alphas`` is not positive.
    TypeError
        If an argument has the wrong type.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plot_coef_path([0.1, 1.0], [[2.0, -1.0], [1.0, 0.0]], names=["age", "bmi"])
    >>> [line.get_label() for line in ax.lines]
    ['age', 'bmi']
    >>> plt.close()
    """
    from matplotlib import rcParams

    alphas, coefs = as_array(alphas, "alphas", ndim=1), as_array(coefs, "coefs", ndim=2)
    same_length(alphas, "alphas", coefs, "coefs")
    if alphas.min() <= 0:
        raise ValueError(f"alphas must be > 0, got {alphas.min():g}")
    if names is not None and len(names) != coefs.shape[1]:
        raise ValueError(f"names must have length {coefs.shape[1]}, got {len(names)}")
    order = np.argsort(alphas)
    n_colours = len(rcParams["axes.prop_cycle"])
    ax = _axes(ax)
    for j, path in enumerate(coefs[order].T):
        dashes = ("-", "--", ":", "-.")[j // n_colours % 4]
        label = None if names is None else names[j]
        ax.plot(alphas[order], path, linestyle=dashes, label=label)
    ax.set_xscale("log")
    ax.set_xlabel("alpha")
    ax.set_ylabel("coefficient")
    if names is not None:
        ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), ncols=1 + len(names) // 16)
    return ax


def _axes(ax: "Axes | None") -> "Axes":
    import matplotlib.pyplot as plt

    return plt.gca() if ax is None else ax


def _ink() -> str:
    """Return the colour in which the current style writes."""
    from matplotlib import rcParams
    from matplotlib.colors import to_hex

    return to_hex(rcParams["text.color"])


def _grid(limits: tuple[float, float], name: str, count: int) -> NDArray[np.float64]:
    ends = as_array(limits, name, ndim=1)
    if ends.size != 2 or ends[0] >= ends[1]:
        raise ValueError(f"{name} must be a lower and an upper end, got {limits}")
    points: NDArray[np.float64] = np.linspace(
        ends[0], ends[1], as_integer(count, "resolution", least=2)
    )
    return points
