package ai.a5c.krate.testkit.api;

import ai.a5c.krate.api.ApiEndpoint;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * How a Kubernetes API answers, for anything that answers as one: extend this class, say where it
 * is and which kind may be played with. The endpoint must act as somebody who may do everything.
 *
 * <p>Each rule has a number and a sentence. In short:
 *
 * <ul>
 *   <li><b>A1, create, get, update.</b> What the server alone writes, names, versions, validation.
 *   <li><b>A2, patch.</b> JSON patch and merge patch, against whichever version there is by then.
 *   <li><b>A3, list.</b> One snapshot at one revision of the whole log; selectors, pages.
 *   <li><b>A4, watch.</b> Exactly the changes after a revision, in order; selectors, bookmarks.
 *   <li><b>A5, delete.</b> Finalizers, preconditions, collections.
 *   <li><b>A6, dry run.</b> The answer of the real request, and nothing kept.
 *   <li><b>A7, wire.</b> Discovery, forms, media types, refusals.
 *   <li><b>A8, status.</b> The subresource writes the status, and the status alone.
 *   <li><b>A9, history.</b> Concurrent writers and watchers: none lost, doubled or reordered.
 * </ul>
 *
 * <p>Every test makes namespaces of its own, and expects nothing of what others do elsewhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class ApiConformance
    implements CreateRules,
        UpdateRules,
        PatchRules,
        ListRules,
        WatchRules,
        DeleteRules,
        DryRunRules,
        WireRules,
        StatusRules,
        HistoryRules {
  private static final AtomicLong COUNT = new AtomicLong(System.nanoTime());
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ApiBench[] bench = new ApiBench[1];

  /** Where the API is; asked once for each test. */
  protected abstract ApiEndpoint endpoint() throws Exception;

  /** The kind to play with. */
  protected abstract TestedKind kind();

  /** Makes a namespace of this name in which objects of the kind can be created. */
  protected abstract void createNamespace(ApiEndpoint endpoint, String name) throws Exception;

  /** How long to wait for what must happen before the rule is held to be broken. */
  protected Duration patience() {
    return PATIENCE;
  }

  @BeforeEach
  final void openBench() throws Exception {
    ApiEndpoint endpoint = endpoint();
    String one = fresh();
    String other = fresh();
    createNamespace(endpoint, one);
    createNamespace(endpoint, other);
    bench[0] = new ApiBench(endpoint, kind(), one, other, patience());
  }

  private static String fresh() {
    return "conformance-" + Long.toString(COUNT.getAndIncrement(), 36).toLowerCase(Locale.ROOT);
  }

  @Override
  public final ApiBench bench() {
    return bench[0];
  }
}
