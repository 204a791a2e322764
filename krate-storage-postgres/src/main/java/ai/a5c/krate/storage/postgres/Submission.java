package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** A transaction on its way through the committer, and the answer that its caller waits for. */
final class Submission {
  private final Transaction<?> transaction;
  private final BatchState.Wanted wanted;
  private final long size;

  /** What the caller does to get the outcome or the exception, whose stack is then the caller's. */
  private final CompletableFuture<Supplier<CommitOutcome>> answer = new CompletableFuture<>();

  Submission(Transaction<?> transaction, BatchState.Wanted wanted) {
    this.transaction = transaction;
    this.wanted = wanted;
    this.size = transaction.operations().stream().mapToLong(Templates::size).sum();
  }

  Transaction<?> transaction() {
    return transaction;
  }

  /** What its operations name in full. */
  BatchState.Wanted wanted() {
    return wanted;
  }

  int operations() {
    return transaction.operations().size();
  }

  /** About how many bytes it brings. */
  long size() {
    return size;
  }

  void complete(CommitOutcome outcome) {
    answer.complete(() -> outcome);
  }

  /** Makes the caller throw a new exception. */
  void fail(Supplier<? extends RuntimeException> failure) {
    answer.complete(
        () -> {
          throw failure.get();
        });
  }

  CommitOutcome await() throws InterruptedException {
    try {
      return answer.get().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer is never an exception", e);
    }
  }
}
