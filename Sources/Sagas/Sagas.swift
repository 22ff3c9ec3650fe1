// The front page of Sagas.
