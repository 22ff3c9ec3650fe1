// The front page of Projections.
