// The front page of Tables.
