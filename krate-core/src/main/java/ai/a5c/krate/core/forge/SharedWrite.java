package ai.a5c.krate.core.forge;

import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Written;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One of {@link SharedWrites}: of a new object, or a change of a status. */
final class SharedWrite {
  private static final Logger LOG = System.getLogger(SharedWrite.class.getName());

  private final String name;
  private final @Nullable ApiObject object;
  private final UnaryOperator<ApiObject> change;
  private final SharedWrites.Told told;
  private final CountDownLatch done = new CountDownLatch(1);
  private @Nullable Written written;
  private @Nullable RuntimeException failure;

  SharedWrite(
      String name,
      @Nullable ApiObject object,
      UnaryOperator<ApiObject> change,
      SharedWrites.Told told) {
    this.name = name;
    this.object = object;
    this.change = change;
    this.told = told;
  }

  String name() {
    return name;
  }

  /** The new object, null if it is a change. */
  @Nullable ApiObject object() {
    return object;
  }

  UnaryOperator<ApiObject> change() {
    return change;
  }

  void await() throws InterruptedException {
    done.await();
  }

  void complete(Written with) {
    written = with;
    tell();
  }

  /** Does nothing to one that is done. */
  void fail(RuntimeException with) {
    if (done.getCount() > 0) {
      failure = with;
      tell();
    }
  }

  private void tell() {
    done.countDown();
    try {
      told.done(failure);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "what became of " + name + " was told in vain", e);
    }
  }

  Written outcome() {
    RuntimeException thrown = failure;
    Written made = written;
    if (thrown != null || made == null) {
      throw thrown != null ? thrown : new IllegalStateException("not written yet");
    }
    return made;
  }
}
