package ai.a5c.krate.cli;

import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.expression.ResultType;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The language that is on the class path, made when the first policy needs it: its libraries take a
 * good part of a start, and a server without policies does without them.
 */
final class LateLanguage implements ExpressionLanguage {
  private final ServiceLoader.Provider<ExpressionLanguage> provider;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable ExpressionLanguage made;

  private LateLanguage(ServiceLoader.Provider<ExpressionLanguage> provider) {
    this.provider = provider;
  }

  /** The language, if there is one. */
  static Optional<LateLanguage> find() {
    return ServiceLoader.load(ExpressionLanguage.class).stream().findFirst().map(LateLanguage::new);
  }

  @Override
  public String name() {
    return language().name();
  }

  @Override
  public Compilation compile(String source, Declarations declarations, ResultType result) {
    return language().compile(source, declarations, result);
  }

  private ExpressionLanguage language() {
    ExpressionLanguage language = made;
    if (language != null) {
      return language;
    }
    lock.lock();
    try {
      language = made;
      if (language == null) {
        language = provider.get();
        made = language;
      }
      return language;
    } finally {
      lock.unlock();
    }
  }
}
