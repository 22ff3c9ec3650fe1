// HTTP/1.1, both ends, and no word of what is said over it.
//
// The server (libmicrohttpd) hands each complete, checked request to one handler together with a
// responder that may answer at once or later, from any thread: a connection that waits is
// suspended and costs no thread, which is what a group commit needs. The client (libcurl) drives
// every transfer from one thread and says of each failure whether the request can have left.
//
// The main path of a request:
//   ServerCallbacks  what libmicrohttpd calls, on its threads
//   Exchange         one request from its first line to its answer
//   HeaderScan       headers copied out, limits and framing checked on the raw bytes
//   RequestTarget    path and query decoded, once
//   HTTPResponder    the answer, one-shot; HTTPStream one that goes on
// Around it: HTTPServer (start, drain, stop), Peer and Sweeper (deadlines for whole requests),
// Router (routes by decoded segments).
// The main path of a call: HTTPClient, ClientLoop (the thread), Transfer (one call).
//
// TLS of the server and HTTP/2 are the reverse proxy's.
