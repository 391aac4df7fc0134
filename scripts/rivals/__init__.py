"""One adapter for each library that keeps tenants apart on SQLAlchemy, by that library's documentation.

An adapter names what to install (`REQUIRES`), the dialect that its documentation recommends (`DIALECT`),
and opens an arena for the attacks (`arena`).
"""
