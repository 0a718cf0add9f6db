"""The Matplotlib backend of the browser: ``show`` hands each figure to the page, in marker colours."""

from sitegen.figures import backend
from sitegen.figures.svg import to_svg
from sitegen.live import kernel

__all__ = ["FigureCanvas", "FigureManager"]


class FigureManager(backend.FigureManager):
    """Draws as the build does."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Hand over every open figure, and close it."""
        super().pyplot_show(block=block)
        for figure in backend.take_shown():
            kernel.emit_figure(to_svg(figure))


class FigureCanvas(backend.FigureCanvas):
    """The name that Matplotlib looks for in a backend."""

    manager_class = FigureManager
