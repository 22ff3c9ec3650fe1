// The front page of HTTP.
