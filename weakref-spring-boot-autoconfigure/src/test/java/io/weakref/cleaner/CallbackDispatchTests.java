package io.weakref.cleaner;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How callbacks of one referent are run as one task, and counted each by itself.
 */
class CallbackDispatchTests {

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final List<String> ran = new ArrayList<>();

	private final List<String> reported = new ArrayList<>();

	private boolean rejecting;

	private final WeakCleaner cleaner = WeakCleaner.builder().threadName("dispatch-test").callbackExecutor((task) -> {
		if (this.rejecting) {
			throw new RejectedExecutionException("full");
		}
		this.tasks.add(task);
	}).errorHandler((source, error) -> this.reported.add(source + ": " + error.getMessage())).build();

	@AfterEach
	void closeCleaner() {
		this.cleaner.close();
	}

	@Test
	void callbacksOfOneListAreOneTaskInTheGivenOrder() {
		this.cleaner.dispatch(List.of(callback("c"), callback("b"), callback("a")));
		assertThat(this.tasks).hasSize(1);
		assertThat(this.cleaner.stats().pendingCallbacks()).isEqualTo(3);
		this.tasks.remove().run();
		assertThat(this.ran).containsExactly("c", "b", "a");
		assertThat(this.cleaner.stats()).isEqualTo(new CleanerStats(0, 3, 0, 0));
	}

	@Test
	void callbackThatThrowsStopsNoneAfterIt() {
		this.cleaner.dispatch(List.of(callback("b"), failing("x", new AssertionError("broken")), callback("a")));
		this.tasks.remove().run();
		assertThat(this.ran).containsExactly("b", "a");
		assertThat(this.reported).containsExactly("x: broken");
		assertThat(this.cleaner.stats()).isEqualTo(new CleanerStats(0, 3, 1, 0));
	}

	@Test
	void refusalIsReportedOnceForEachCallback() {
		this.rejecting = true;
		this.cleaner.dispatch(List.of(callback("b"), callback("a")));
		assertThat(this.ran).isEmpty();
		assertThat(this.reported).containsExactly("b: full", "a: full");
		assertThat(this.cleaner.stats()).isEqualTo(new CleanerStats(0, 0, 2, 0));
	}

	@Test
	void pendingFallsWithEachCallbackThatEnds() {
		List<Long> pending = new ArrayList<>();
		Runnable look = () -> pending.add(this.cleaner.stats().pendingCallbacks());
		this.cleaner.dispatch(List.of(new Callback("a", look), new Callback("b", look)));
		this.tasks.remove().run();
		assertThat(pending).containsExactly(2L, 1L);
	}

	@Test
	void runUsesTheCallingThreadAndCountsAndReports() {
		this.cleaner.run(callback("a"));
		this.cleaner.run(failing("x", new IllegalStateException("broken")));
		assertThat(this.tasks).isEmpty();
		assertThat(this.ran).containsExactly("a");
		assertThat(this.reported).containsExactly("x: broken");
		assertThat(this.cleaner.stats()).isEqualTo(new CleanerStats(0, 2, 1, 0));
	}

	private Callback callback(String name) {
		return new Callback(name, () -> this.ran.add(name));
	}

	private static Callback failing(String name, Throwable error) {
		return new Callback(name, () -> sneak(error));
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Throwable> void sneak(Throwable error) throws E {
		throw (E) error;
	}

}
