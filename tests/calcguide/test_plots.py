import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgba

from calcguide import plots

BOX = {"xlim": (-2.0, 2.0), "ylim": (-1.0, 3.0)}


@pytest.fixture(autouse=True)
def clean():
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def quadratic(x):
    return x[0] ** 2 + 2 * x[1] ** 2


def draw_all():
    """Draw each picture into its own new axes."""
    drawings = [
        lambda ax: plots.plot_contours(quadratic, **BOX, ax=ax),
        lambda ax: plots.plot_path([[0, 0], [1, 2]], ax=ax),
        lambda ax: plots.plot_history([1.0, 0.1], ax=ax),
        lambda ax: plots.plot_gradient_field(lambda x: 2 * x, **BOX, ax=ax),
        lambda ax: plots.plot_tangent(np.sin, np.cos, 0.0, xlim=(-1, 1), ax=ax),
        lambda ax: plots.plot_coef_path([1.0, 2.0], np.ones((2, 2)), names=["a", "b"], ax=ax),
    ]
    return [(drawing, plt.figure().add_subplot()) for drawing in drawings]


def test_contours_lie_on_their_levels():
    levels = [0.5, 2.0, 4.0]
    ax = plots.plot_contours(quadratic, **BOX, levels=levels, resolution=200)
    (contours,) = ax.collections
    np.testing.assert_array_equal(levels, contours.levels)
    for level, path in zip(levels, contours.get_paths(), strict=True):
        np.testing.assert_allclose(level, quadratic(path.vertices.T), rtol=1e-2)


def test_default_levels_leave_equal_areas_between_them():
    ax = plots.plot_contours(quadratic, **BOX, levels=3)
    points = np.random.default_rng(5).uniform((-2, -1), (2, 3), size=(20_000, 2))
    below = [(quadratic(points.T) < level).mean() for level in ax.collections[0].levels]
    np.testing.assert_allclose([0.25, 0.5, 0.75], below, atol=0.02)


def test_contours_fade_upwards_in_the_colour_of_the_text():
    with mpl.rc_context({"text.color": "#123456"}):
        colours = plots.plot_contours(quadratic, **BOX).collections[0].get_edgecolor()
    np.testing.assert_allclose(np.tile(to_rgba("#123456")[:3], (12, 1)), colours[:, :3])
    assert (np.diff(colours[:, 3]) < 0).all()


def test_contours_leave_out_where_the_function_is_not_finite():
    ax = plots.plot_contours(
        lambda x: quadratic(x) if x[0] > 0 else np.nan, **BOX, levels=[1.0], resolution=50
    )
    assert (ax.collections[0].get_paths()[0].vertices[:, 0] > 0).all()


def test_contours_refuse_levels_that_do_not_occur():
    with pytest.raises(ValueError, match="levels must lie between the values of fun"):
        plots.plot_contours(quadratic, **BOX, levels=[100.0])
    with pytest.raises(ValueError, match="levels must lie between the values of fun"):
        plots.plot_contours(lambda x: 1.0, **BOX)
    with pytest.raises(ValueError, match="fun must be finite somewhere"):
        plots.plot_contours(lambda x: np.nan, **BOX)


def test_path_joins_the_points_and_marks_both_ends():
    points = np.array([[0.0, 1.0], [2.0, 1.5], [3.0, -1.0]])
    line, start, end = plots.plot_path(points, label="descent").lines
    np.testing.assert_array_equal(points, line.get_xydata())
    np.testing.assert_array_equal(points[:1], start.get_xydata())
    np.testing.assert_array_equal(points[-1:], end.get_xydata())
    assert line.get_color() == start.get_color() == end.get_color()


def test_legend_of_paths_has_one_entry_for_each():
    ax = plots.plot_path([[0, 0], [1, 1]], label="first")
    plots.plot_path([[0, 0], [1, 2]], label="second", ax=ax)
    assert ["first", "second"] == ax.get_legend_handles_labels()[1]


def test_history_counts_iterations_from_zero():
    ax = plots.plot_history([1.0, 0.5, 0.25], label="loss")
    np.testing.assert_array_equal([[0, 1.0], [1, 0.5], [2, 0.25]], ax.lines[0].get_xydata())
    assert ("log", "iteration", "loss") == (
        ax.get_yscale(),
        ax.get_xlabel(),
        ax.lines[0].get_label(),
    )
    assert "linear" == plots.plot_history([1.0], logy=False, ax=plt.figure().gca()).get_yscale()


def test_history_leaves_gaps_for_zeros_on_a_logarithmic_axis():
    ax = plots.plot_history([1.0, 0.0, 0.25])
    with np.errstate(divide="ignore"):
        drawn = ax.transData.transform([[1.0, 0.0]])
    assert not np.isfinite(drawn[0, 1])
    with pytest.raises(ValueError, match="use logy=False"):
        plots.plot_history([0.0, -1.0])


def test_gradient_field_has_the_gradient_at_each_point():
    def jac(x):
        return np.array([2 * x[0], 4 * x[1]])

    (field,) = plots.plot_gradient_field(jac, **BOX, resolution=5).collections
    np.testing.assert_allclose(2 * field.XY[:, 0], field.U)
    np.testing.assert_allclose(4 * field.XY[:, 1], field.V)
    np.testing.assert_array_equal([-2.0, -1.0, 0.0, 1.0, 2.0], np.unique(field.XY[:, 0]))
    assert (25, "xy") == (field.N, field.angles)


def test_gradient_field_refuses_gradients_of_another_shape():
    with pytest.raises(ValueError, match=r"jac\(x\) must have shape \(2,\), got \(3,\)"):
        plots.plot_gradient_field(lambda x: np.ones(3), **BOX)


def test_tangent_touches_the_function_with_its_slope():
    ax = plots.plot_tangent(lambda x: x**3, lambda x: 3 * x**2, 2.0, xlim=(0.0, 3.0))
    curve, tangent, point = ax.lines
    x, y = curve.get_data()
    np.testing.assert_allclose(x**3, y)
    x, y = tangent.get_data()
    np.testing.assert_allclose(8 + 12 * (x - 2), y)
    np.testing.assert_array_equal([[2.0, 8.0]], point.get_xydata())
    assert ["function", "tangent at x = 2"] == ax.get_legend_handles_labels()[1]
    # The tangent goes down to -16, the picture only as far as the curve.
    assert ax.get_ylim()[0] > -3


def test_coefficients_are_drawn_over_ascending_penalties():
    ax = plots.plot_coef_path([1.0, 0.1], [[1.0, 0.0], [2.0, -1.0]], names=["age", "bmi"])
    np.testing.assert_array_equal([[0.1, 2.0], [1.0, 1.0]], ax.lines[0].get_xydata())
    np.testing.assert_array_equal([[0.1, -1.0], [1.0, 0.0]], ax.lines[1].get_xydata())
    assert ["age", "bmi"] == [text.get_text() for text in ax.get_legend().get_texts()]
    assert ("log", "alpha", "coefficient") == (
        ax.get_xscale(),
        ax.get_xlabel(),
        ax.get_ylabel(),
    )


def test_coefficients_of_the_same_colour_differ_in_their_dashes():
    lines = plots.plot_coef_path([1.0, 2.0], np.ones((2, 30))).lines
    assert 30 == len({(line.get_color(), line.get_linestyle()) for line in lines})


def test_coefficient_paths_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="alphas and coefs must have the same length"):
        plots.plot_coef_path([1.0], np.ones((2, 2)))
    with pytest.raises(ValueError, match="alphas must be > 0"):
        plots.plot_coef_path([0.0, 1.0], np.ones((2, 2)))
    with pytest.raises(ValueError, match="names must have length 2, got 1"):
        plots.plot_coef_path([1.0, 2.0], np.ones((2, 2)), names=["a"])


@pytest.mark.parametrize("limits", [(1.0, 1.0), (2.0, 1.0), (1.0, 2.0, 3.0)])
def test_empty_ranges_are_refused(limits):
    with pytest.raises(ValueError, match="xlim must be a lower and an upper end"):
        plots.plot_contours(quadratic, xlim=limits, ylim=(0, 1))
    with pytest.raises(ValueError, match="ylim must be a lower and an upper end"):
        plots.plot_gradient_field(lambda x: x, xlim=(0, 1), ylim=limits)
    with pytest.raises(ValueError, match="xlim must be a lower and an upper end"):
        plots.plot_tangent(np.sin, np.cos, 0.0, xlim=limits)


def test_points_of_the_plane_have_two_columns():
    with pytest.raises(ValueError, match=r"points must have shape \(n_points, 2\), got \(2, 3\)"):
        plots.plot_path(np.ones((2, 3)))


def test_all_draw_into_the_axes_they_are_given_or_the_current_ones():
    for drawing, ax in draw_all():
        other = plt.figure().gca()
        assert ax is drawing(ax)
        assert ax.has_data()
        assert not other.has_data()
        assert other is drawing(None)


def test_every_colour_comes_from_the_style():
    style = {
        "axes.prop_cycle": mpl.cycler(color=["#aa0001", "#aa0002"]),
        "text.color": "#aa0003",
    }
    with mpl.rc_context(style):
        for drawing, ax in draw_all():
            drawing(ax)
            drawn = {to_hex(line.get_color()) for line in ax.lines}
            for collection in ax.collections:
                rgba = np.vstack((collection.get_edgecolor(), collection.get_facecolor()))
                drawn |= {to_hex(colour[:3]) for colour in rgba if colour[3] > 0}
            assert drawn
            assert drawn <= {"#aa0001", "#aa0002", "#aa0003"}


def test_matplotlib_is_imported_only_when_something_is_drawn():
    code = "import sys, calcguide.plots; sys.exit('matplotlib' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
