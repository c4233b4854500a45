package io.streamjob.operator.storage;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;

/**
 * Gives an answer up that is longer than allowed: the MinIO client reads listings and errors whole,
 * however long they are.
 *
 * @param longestObject the most bytes of an object
 */
record LimitedAnswers(long longestObject) implements Interceptor {

  /** A listing has at most 1000 keys of 1 KiB, each byte of which may take three. */
  static final long LONGEST = 8L << 20;

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    ResponseBody body = response.body();
    Source limited = limited(body.source(), limit(chain.request(), response));
    return response
        .newBuilder()
        .body(ResponseBody.create(Okio.buffer(limited), body.contentType(), body.contentLength()))
        .build();
  }

  private long limit(Request request, Response response) {
    boolean isObject =
        response.isSuccessful() && request.method().equals("GET") && request.url().querySize() == 0;
    return isObject ? longestObject : LONGEST;
  }

  private static Source limited(Source source, long limit) {
    return new ForwardingSource(source) {
      private long received;

      @Override
      public long read(Buffer sink, long byteCount) throws IOException {
        long count = super.read(sink, byteCount);
        received += Math.max(0, count);
        if (received > limit) {
          throw new IOException("the answer is longer than " + limit + " bytes");
        }
        return count;
      }
    };
  }
}
