"""Draw docs/assets/readme.svg, the picture at the top of the README."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from calcguide.gradient_descent import gradient_descent
from calcguide.linear_models import least_squares_gradient, least_squares_loss
from calcguide.plots import plot_contours, plot_path
from sitegen.common.files import write_atomically
from sitegen.figures.palettes import STYLE, with_palette
from sitegen.figures.svg import to_svg

TARGET = Path(__file__).parents[1] / "docs" / "assets" / "readme.svg"


def main() -> None:
    """Draw three descents with different learning rates, on a ground of its own."""
    X = np.array([[1.0, 1.0], [1.0, 2.0]])
    y = np.array([2.0, 3.0])
    start = np.array([-0.2, 0.5])
    plt.style.use(STYLE)
    panels = [("too small", 0.02, 20), ("right", 0.3, 200), ("too large", 0.61, 9)]
    figure, axes = plt.subplots(1, len(panels), figsize=(9.6, 3.4), sharey=True)
    # A README is shown on light and dark grounds alike.
    figure.patch.set_facecolor(mpl.rcParams["legend.facecolor"])
    for ax, (name, rate, n_steps) in zip(axes, panels, strict=True):
        plot_contours(
            lambda theta: least_squares_loss(theta, X, y),
            xlim=(-0.8, 2.4),
            ylim=(-0.9, 3.5),
            levels=np.geomspace(0.004, 8, 10),
            ax=ax,
        )
        run = gradient_descent(
            least_squares_loss,
            start,
            args=(X, y),
            jac=least_squares_gradient,
            learning_rate=rate,
            maxiter=n_steps,
        )
        plot_path(run.history.x, ax=ax)
        ax.set(title=rf"{name}: $\eta = {rate}$", xlabel=r"$\theta_0$")
    axes[0].set_ylabel(r"$\theta_1$")
    write_atomically(TARGET.resolve(), with_palette(to_svg(figure), "light"))


if __name__ == "__main__":
    main()
