// The front page of Sandbox.
