"""Tokens of the hub as a test spells them: made for a name, and read back to one."""

from datetime import timedelta

from jupyterhub import orm, roles

_db = orm.new_session_factory("sqlite:///:memory:")()
for _role in roles.get_default_roles():
    roles.create_role(_db, _role)
_db.add(orm.OAuthClient(identifier="jupyterhub"))
_db.commit()


def token_of(name, expired=False):
    """Give a new token of the user called `name`, who is made where there is none."""
    user = orm.User.find(_db, name)
    if user is None:
        user = orm.User(name=name)
        _db.add(user)
        roles.assign_default_roles(_db, entity=user)
        _db.commit()
    token = user.new_api_token()
    if expired:
        orm.APIToken.find(_db, token).expires_at = orm.APIToken.now() - timedelta(minutes=1)
        _db.commit()
    return token


def name_of(token):
    """Give the name of the user whom `token` proves; raises LookupError where it proves nobody."""
    found = orm.APIToken.find(_db, token)
    if found is None:
        raise LookupError("the token proves nobody")
    return found.user.name
