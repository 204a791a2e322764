package ai.a5c.krate.apiserver.request;

import java.util.List;

/** What became of one attempt to commit a request. */
sealed interface Attempt {
  /** It is done: what became of each object. */
  record Done(List<Written> written) implements Attempt {
    public Done {
      written = List.copyOf(written);
    }
  }

  /**
   * Something that was read has changed meanwhile: the request begins again at its decoding.
   *
   * @param index of the object that it was read for, or {@link Together#NONE}
   */
  record RaceLost(int index) implements Attempt {}

  /** The name that was drawn for the object of this index is taken. */
  record NameTaken(int index, String name) implements Attempt {}
}
