// The front page of Engine.
