import Crypt
