// The front page of Log.
