package io.weakref.cleaner;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.CleanerInternals.QueuedReference;
import io.weakref.collection.WeakSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the callbacks of one referent run as one task and are counted individually.
 */
class CallbackDispatchTests {

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final List<String> ran = new CopyOnWriteArrayList<>();

	private final List<String> reported = new CopyOnWriteArrayList<>();

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
	void callbackThatThrowsDoesNotStopLaterOnes() {
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
		this.cleaner.dispatch(List.of(new OwnedCallback("a", look), new OwnedCallback("b", look)));
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

	@Test
	void callbackThatAnExecutorRanBeforeItThrewIsNotRefused() {
		try (WeakCleaner inline = cleaner((task) -> {
			task.run();
			throw new RejectedExecutionException("after all");
		})) {
			inline.dispatch(List.of(callback("b"), callback("a")));
			assertThat(this.ran).containsExactly("b", "a");
			assertThat(this.reported).isEmpty();
			assertThat(inline.stats()).isEqualTo(new CleanerStats(0, 2, 0, 0));
		}
	}

	@Test
	void callbackThatWasRefusedDoesNotRunLater() {
		try (WeakCleaner keeping = cleaner((task) -> {
			this.tasks.add(task);
			throw new RejectedExecutionException("full");
		})) {
			keeping.dispatch(List.of(callback("a")));
			this.tasks.remove().run();
			assertThat(this.ran).isEmpty();
			assertThat(this.reported).containsExactly("a: full");
			assertThat(keeping.stats()).isEqualTo(new CleanerStats(0, 0, 1, 0));
		}
	}

	@Test
	void callbackThatTheExecutorRunsTwiceRunsOnce() {
		this.cleaner.dispatch(List.of(callback("a")));
		Runnable task = this.tasks.remove();
		task.run();
		task.run();
		assertThat(this.ran).containsExactly("a");
		assertThat(this.cleaner.stats()).isEqualTo(new CleanerStats(0, 1, 0, 0));
	}

	@Test
	void callbackFindsItsThreadUninterruptedWhateverTheOneBeforeDid() {
		List<Boolean> interrupted = new ArrayList<>();
		Runnable interrupting = () -> {
			interrupted.add(Thread.currentThread().isInterrupted());
			Thread.currentThread().interrupt();
		};
		this.cleaner.dispatch(List.of(new OwnedCallback("a", interrupting), new OwnedCallback("b", interrupting)));
		this.tasks.remove().run();
		this.cleaner.run(new OwnedCallback("c", interrupting));
		assertThat(interrupted).containsExactly(false, false, false);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void callbackOnAnInterruptedThreadLeavesItInterrupted() {
		Thread.currentThread().interrupt();
		this.cleaner.run(new OwnedCallback("a", () -> this.ran.add("interrupted: " + Thread.interrupted())));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.ran).containsExactly("interrupted: false");
	}

	@Test
	void executorThatBlocksOrRunsOnItsCallerStopsNothingElse() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		List<Thread> threads = new CopyOnWriteArrayList<>();
		try (WeakCleaner blocking = cleaner((task) -> {
			threads.add(Thread.currentThread());
			awaitQuietly(release);
			task.run();
		})) {
			assertPurgesMeanwhile(blocking, threads);
			release.countDown();
			GarbageCollection.await(() -> blocking.stats().callbacks() == 2);
			assertThat(this.ran).containsExactlyInAnyOrder("first", "second");
		}
	}

	@Test
	void errorHandlerThatBlocksOverARefusalStopsNothingElse() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		List<Thread> threads = new CopyOnWriteArrayList<>();
		try (WeakCleaner refusing = WeakCleaner.builder().threadName("blocked-test").callbackExecutor((task) -> {
			throw new RejectedExecutionException("full");
		}).errorHandler((source, error) -> {
			threads.add(Thread.currentThread());
			awaitQuietly(release);
		}).build()) {
			assertPurgesMeanwhile(refusing, threads);
			release.countDown();
			GarbageCollection.await(() -> refusing.stats().callbackErrors() == 2);
		}
	}

	@Test
	void closingFromACallbackThatTheExecutorRunsOnItsCallerDoesNotWait() {
		long start = System.nanoTime();
		WeakCleaner inline = cleaner(Runnable::run);
		enqueue(inline, new OwnedCallback("closing", inline::close));
		GarbageCollection.await(() -> inline.stats().callbacks() == 1);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
		assertThat(inline.isAlive()).isFalse();
	}

	@Test
	void callbacksOfManyReferentsThatTheDrainThreadFindsInOneTurnAreOneTask() {
		List<Runnable> handedOver = new CopyOnWriteArrayList<>();
		try (WeakCleaner keeping = cleaner(handedOver::add)) {
			enqueueTogether(keeping, 100, (number) -> this.ran.add(String.valueOf(number)));
			GarbageCollection.await(() -> keeping.stats().pendingCallbacks() == 100);
			GarbageCollection.await(() -> !handedOver.isEmpty());
			handedOver.get(0).run();
			assertThat(this.ran).hasSize(100).doesNotHaveDuplicates();
			assertThat(keeping.stats()).isEqualTo(new CleanerStats(0, 100, 0, 0));
			handedOver.forEach(Runnable::run);
			assertThat(this.ran).hasSize(100);
		}
	}

	@Test
	void numberOfCallbacksInATaskIsBounded() {
		List<Runnable> handedOver = new CopyOnWriteArrayList<>();
		int count = 3 * CallbackDispatcher.TASK_CALLBACKS;
		try (WeakCleaner keeping = cleaner(handedOver::add)) {
			enqueueTogether(keeping, count, (number) -> this.ran.add(String.valueOf(number)));
			GarbageCollection.await(() -> keeping.stats().pendingCallbacks() == count && handedOver.size() == 3);
			handedOver.get(1).run();
			assertThat(this.ran).hasSize(CallbackDispatcher.TASK_CALLBACKS);
			assertThat(keeping.stats().pendingCallbacks()).isEqualTo(2 * CallbackDispatcher.TASK_CALLBACKS);
		}
	}

	@Test
	void callbackThatBlocksDelaysNoOtherOfItsTaskIfTheExecutorHasAFreeThread() {
		CountDownLatch release = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		ExecutorService two = Executors.newFixedThreadPool(2);
		try (WeakCleaner pooled = cleaner(two)) {
			enqueueTogether(pooled, 100, (number) -> {
				if (first.compareAndSet(true, false)) {
					awaitQuietly(release);
				}
				this.ran.add(String.valueOf(number));
			});
			GarbageCollection.await(() -> this.ran.size() == 99);
			assertThat(pooled.stats().pendingCallbacks()).isEqualTo(1);
			release.countDown();
			GarbageCollection.await(() -> pooled.stats().callbacks() == 100);
			assertThat(this.ran).hasSize(100).doesNotHaveDuplicates();
		}
		finally {
			release.countDown();
			two.shutdownNow();
		}
	}

	@Test
	void executorThatBlocksUntilItsOnlyThreadIsFreeRunsAll() {
		Semaphore free = new Semaphore(1);
		ExecutorService one = Executors.newSingleThreadExecutor();
		try (WeakCleaner bounded = cleaner((task) -> {
			free.acquireUninterruptibly();
			one.execute(() -> {
				task.run();
				free.release();
			});
		})) {
			enqueueTogether(bounded, 1000, (number) -> this.ran.add(String.valueOf(number)));
			GarbageCollection.await(() -> bounded.stats().callbacks() == 1000);
			assertThat(this.ran).hasSize(1000).doesNotHaveDuplicates();
		}
		finally {
			one.shutdownNow();
		}
	}

	@Test
	void refusalOfATaskIsReportedForEachCallbackOfEachReferent() {
		try (WeakCleaner refusing = cleaner((task) -> {
			throw new RejectedExecutionException("full");
		})) {
			enqueueTogether(refusing, 100, (number) -> this.ran.add(String.valueOf(number)));
			GarbageCollection.await(() -> this.reported.size() == 100);
			assertThat(this.reported).contains("0: full", "99: full").doesNotHaveDuplicates();
			assertThat(this.ran).isEmpty();
			assertThat(refusing.stats()).isEqualTo(new CleanerStats(0, 0, 100, 0));
		}
	}

	/** Lets referents die while the drain thread handles the first of them. */
	private static void enqueueTogether(WeakCleaner cleaner, int count, IntConsumer action) {
		List<Dying> dying = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int number = i;
			dying.add(new Dying(cleaner, new OwnedCallback(number, () -> action.accept(number))));
		}
		new First(cleaner, dying).enqueue();
	}

	/** Dispatches two callbacks on the drain thread, of which the first blocks. */
	private void assertPurgesMeanwhile(WeakCleaner cleaner, List<Thread> threads) {
		enqueue(cleaner, callback("first"));
		enqueue(cleaner, callback("second"));
		GarbageCollection.await(() -> !threads.isEmpty());
		WeakSet<Object> set = WeakSet.builder().cleaner(cleaner).build();
		set.add(new Object());
		GarbageCollection.until(() -> cleaner.stats().purged() == 1);
		assertThat(set).isEmpty();
		assertThat(threads).singleElement()
			.satisfies((thread) -> assertThat(thread.getName()).isEqualTo("blocked-test-dispatch"));
	}

	private static void enqueue(WeakCleaner cleaner, OwnedCallback callback) {
		new Dying(cleaner, callback).enqueue();
	}

	private WeakCleaner cleaner(Executor executor) {
		return WeakCleaner.builder()
			.threadName("blocked-test")
			.callbackExecutor(executor)
			.errorHandler((source, error) -> this.reported.add(source + ": " + error.getMessage()))
			.build();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private OwnedCallback callback(String name) {
		return new OwnedCallback(name, () -> this.ran.add(name));
	}

	private static OwnedCallback failing(String name, Throwable error) {
		return new OwnedCallback(name, () -> sneak(error));
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Throwable> void sneak(Throwable error) throws E {
		throw (E) error;
	}

	/**
	 * Enqueues other references on the drain thread, so that it finds them in one turn.
	 */
	private static final class First extends WeakReference<Object> implements QueuedReference {

		private final List<Dying> others;

		First(WeakCleaner cleaner, List<Dying> others) {
			super(new Object(), cleaner.queue());
			this.others = others;
		}

		@Override
		public void onCleared() {
			this.others.forEach(Reference::enqueue);
		}

	}

	/** Dispatches a callback on the drain thread. */
	private static final class Dying extends WeakReference<Object> implements QueuedReference {

		private final WeakCleaner cleaner;

		private final OwnedCallback callback;

		Dying(WeakCleaner cleaner, OwnedCallback callback) {
			super(new Object(), cleaner.queue());
			this.cleaner = cleaner;
			this.callback = callback;
		}

		@Override
		public void onCleared() {
			this.cleaner.dispatch(List.of(this.callback));
		}

	}

}
