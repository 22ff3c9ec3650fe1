// The front page of Service.
