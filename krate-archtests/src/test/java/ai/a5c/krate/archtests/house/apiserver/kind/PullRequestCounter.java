package ai.a5c.krate.archtests.house.apiserver.kind;

/** Knows words of the forge, in its name and in what it says. */
public final class PullRequestCounter {
  public String what() {
    return "repositories";
  }
}
