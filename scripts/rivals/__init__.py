"""One adapter for each library that keeps tenants apart on SQLAlchemy, by that library's documentation.

An adapter names the dialect that the library's documentation recommends (`DIALECT`) and opens an arena for
the attacks (`arena`). It runs in an environment where its library is installed; nothing else imports it.
"""
