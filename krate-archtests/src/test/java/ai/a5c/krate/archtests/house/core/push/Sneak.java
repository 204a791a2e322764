package ai.a5c.krate.archtests.house.core.push;

import ai.a5c.krate.archtests.house.apiserver.request.Authorized;

/** Passes by the stages of the road. */
public final class Sneak {
  public Authorized authorized() {
    return new Authorized();
  }
}
