"""As much of libpq as the tests' application needs: a connection, and statements with parameters."""
import ctypes
import ctypes.util


def load():
    library = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    for name, result, arguments in (
            ("PQconnectdb", ctypes.c_void_p, [ctypes.c_char_p]),
            ("PQstatus", ctypes.c_int, [ctypes.c_void_p]),
            ("PQerrorMessage", ctypes.c_char_p, [ctypes.c_void_p]),
            ("PQfinish", None, [ctypes.c_void_p]),
            ("PQexecParams", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p,
                                               ctypes.POINTER(ctypes.c_char_p), ctypes.c_void_p, ctypes.c_void_p,
                                               ctypes.c_int]),
            ("PQresultStatus", ctypes.c_int, [ctypes.c_void_p]),
            ("PQntuples", ctypes.c_int, [ctypes.c_void_p]),
            ("PQnfields", ctypes.c_int, [ctypes.c_void_p]),
            ("PQgetisnull", ctypes.c_int, [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]),
            ("PQgetvalue", ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]),
            ("PQclear", None, [ctypes.c_void_p])):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


COMMAND_OK, TUPLES_OK = 1, 2


class Error(Exception):
    """What the server or the library said."""


class Connection:
    def __init__(self, url):
        self.library = load()
        self.handle = self.library.PQconnectdb(url.encode())
        if self.library.PQstatus(self.handle) != 0:
            said = self.message()
            self.close()
            raise Error(said)

    def message(self):
        return self.library.PQerrorMessage(self.handle).decode(errors="replace").strip()

    def run(self, sql, *values):
        """The rows, as tuples of text; parameters are $1, $2, …"""
        texts = (ctypes.c_char_p * len(values))(*[str(value).encode() for value in values])
        result = self.library.PQexecParams(self.handle, sql.encode(), len(values), None, texts, None, None, 0)
        try:
            if self.library.PQresultStatus(result) not in (COMMAND_OK, TUPLES_OK):
                raise Error(self.message())
            return [tuple(self.value(result, row, field) for field in range(self.library.PQnfields(result)))
                    for row in range(self.library.PQntuples(result))]
        finally:
            self.library.PQclear(result)

    def value(self, result, row, field):
        if self.library.PQgetisnull(result, row, field):
            return None
        return self.library.PQgetvalue(result, row, field).decode()

    def close(self):
        if self.handle:
            self.library.PQfinish(self.handle)
            self.handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
