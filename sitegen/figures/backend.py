"""A Matplotlib backend whose ``show`` keeps the figures for the page instead of opening windows."""

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase, RendererBase, _get_renderer  # type: ignore[attr-defined]
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

__all__ = ["FigureCanvas", "FigureManager", "take_shown"]

_shown: list[Figure] = []


class FigureManager(FigureManagerBase):
    """Hands over what ``plt.show()`` is called for."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:  # noqa: ARG003 (the base's signature)
        """Keep every open figure, the active one last as in Jupyter, and close it."""
        _shown.extend(manager.canvas.figure for manager in Gcf.get_all_fig_managers())
        Gcf.destroy_all()


class FigureCanvas(FigureCanvasSVG):
    """An SVG canvas; the name is the one that Matplotlib looks for in a backend."""

    manager_class = FigureManager

    def get_renderer(self) -> RendererBase:
        """Return what Matplotlib itself measures texts with, as the canvas of a notebook does."""
        renderer: RendererBase = _get_renderer(self.figure)
        return renderer


def take_shown() -> list[Figure]:
    """Return the figures shown since the last call."""
    figures = _shown.copy()
    _shown.clear()
    return figures
