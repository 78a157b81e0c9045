"""Commands of the plain bagging tool."""
