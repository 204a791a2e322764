package ai.a5c.krate.apiserver.request;

/** What became of one attempt to commit a request. */
sealed interface Attempt {
  /** It is done. */
  record Done(Written written) implements Attempt {}

  /** Something that was read has changed meanwhile: the request begins again at its decoding. */
  record RaceLost() implements Attempt {}

  /** The name that was drawn for the object is taken. */
  record NameTaken(String name) implements Attempt {}
}
