package ai.a5c.krate.server;

import io.helidon.common.GenericType;
import io.helidon.common.media.type.MediaType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import io.helidon.webserver.http.spi.SinkProvider;
import io.helidon.webserver.http.spi.SinkProviderContext;
import java.util.function.BiConsumer;

/**
 * Sends a response's head before there is any body, which a watch needs: Helidon holds it back
 * until the first byte otherwise, and offers this only to sinks.
 */
public final class HeadFlush implements SinkProvider<Void> {
  private static final GenericType<Flushed> TYPE = GenericType.create(Flushed.class);

  /** Found by Helidon on the class path. */
  public HeadFlush() {}

  private static final class Flushed implements Sink<Void> {
    @Override
    public Sink<Void> emit(Void event) {
      return this;
    }

    @Override
    public void close() {}
  }

  /** Sends status and headers of a response whose output stream was taken and not written yet. */
  static void flush(ServerResponse response) {
    response.sink(TYPE).close();
  }

  @Override
  public boolean supports(GenericType<? extends Sink<?>> type, ServerRequest request) {
    return TYPE.equals(type);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <X extends Sink<Void>> X create(SinkProviderContext context) {
    context.flushHeaders();
    return (X) new Flushed();
  }

  @Override
  @Deprecated
  @SuppressWarnings({"removal", "InlineMeSuggester", "TypeParameterUnusedInFormals"})
  public <X extends Sink<Void>> X create(
      ServerResponse response, BiConsumer<Object, MediaType> events, Runnable close) {
    throw new UnsupportedOperationException("needs a context");
  }
}
