"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: strong, and a small server survives several sign-ins at once."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
