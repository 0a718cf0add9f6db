import pytest

from calcguide.autodiff import Variable, grad, primitive


def test_the_rule_of_a_constant_is_never_called():
    def forbidden(g):
        pytest.fail("the pullback of a constant was called")

    @primitive
    def product(x, y):
        return x * y, lambda g: g * y, forbidden

    assert 3.0 == grad(lambda x: product(x, 3.0))(2.0)
    assert 6.0 == product(2.0, 3.0)


def test_a_variable_that_escapes_is_a_constant_to_others():
    escaped = []
    grad(lambda x: escaped.append(x) or x)(2.0)
    assert isinstance(escaped[0], Variable)
    assert 6.0 == _plain_value(grad(lambda y: escaped[0] * y * y)(1.5))


def _plain_value(variable):
    return variable.value if isinstance(variable, Variable) else variable
