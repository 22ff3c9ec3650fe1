// The front page of JSON.
