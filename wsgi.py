"""What does a web server serve?"""

from api.app import create_app

app = create_app()
