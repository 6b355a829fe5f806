"""The Flask extensions, made here and bound to the application in `create_app`."""

from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_babel import Babel, get_locale
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_moment import Moment
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from werkzeug.local import LocalProxy

from app.database import Session
from app.models import Base

if TYPE_CHECKING:
    from config import Config

# What is loaded stays usable after a commit: the page that follows needs no second query.
db = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": Session, "expire_on_commit": False}
)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
moment = Moment()
mail = Mail()

# The settings of the application at work, for services that must not know Flask.
settings = cast("Config", LocalProxy(lambda: current_app.extensions["config"]))


def language_at_hand() -> str:
    """Return the language of whoever is answered now; outside of requests, that of the site."""
    return str(get_locale() or settings.DEFAULT_LOCALE)
