package io.weakref.cleaner;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals.QueuedReference;
import io.weakref.cleaner.CleanerInternals.Sweepable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link WeakCleaner}.
 */
@Tag("slow")
class WeakCleanerTests {

	private final List<Throwable> reported = new ArrayList<>();

	private @Nullable WeakCleaner cleaner;

	@AfterEach
	void closeCleaner() {
		if (this.cleaner != null) {
			this.cleaner.close();
		}
	}

	private WeakCleaner cleaner(Executor executor) {
		this.cleaner = WeakCleaner.builder()
			.threadName("cleaner under test")
			.callbackExecutor(executor)
			.errorHandler((source, error) -> this.reported.add(error))
			.build();
		return this.cleaner;
	}

	@Test
	void drainThreadIsADaemonWithTheGivenNameAndNoContextClassLoader() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		Thread thread = drainThread();
		assertThat(cleaner.name()).isEqualTo("cleaner under test");
		assertThat(thread.isDaemon()).isTrue();
		assertThat(thread.getContextClassLoader()).isNull();
	}

	@Test
	void closingEndsTheDrainThread() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		Thread thread = drainThread();
		assertThat(cleaner.isAlive()).isTrue();
		cleaner.close();
		assertThat(cleaner.isAlive()).isFalse();
		assertThat(thread.isAlive()).isFalse();
		cleaner.close();
	}

	@Test
	void sharedCleanerIsOneAndCannotBeClosed() {
		WeakCleaner shared = WeakCleaner.shared();
		assertThat(WeakCleaner.shared()).isSameAs(shared);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(shared::close);
		assertThat(shared.isAlive()).isTrue();
	}

	@Test
	void interruptDoesNotEndTheDrainThread() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		drainThread().interrupt();
		Flagged dequeued = new Flagged(new Object(), cleaner);
		dequeued.enqueue();
		GarbageCollection.await(() -> dequeued.times.get() == 1);
		assertThat(cleaner.isAlive()).isTrue();
	}

	@Test
	void referenceIsNotifiedOnceOnTheDrainThreadAfterItsReferentWasCollected() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		Flagged reference = new Flagged(new Object(), cleaner);
		GarbageCollection.until(() -> reference.times.get() > 0);
		GarbageCollection.collect();
		assertThat(reference.times).hasValue(1);
		assertThat(reference.thread.get()).isEqualTo("cleaner under test");
	}

	@Test
	void referenceThatThrowsOnTheDrainThreadDoesNotEndIt() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		Flagged failing = new Flagged(new Object(), cleaner) {

			@Override
			public void onCleared() {
				throw new StackOverflowError("on purpose");
			}

		};
		failing.enqueue();
		Flagged next = new Flagged(new Object(), cleaner);
		next.enqueue();
		GarbageCollection.await(() -> next.times.get() == 1);
	}

	@Test
	void closingHandlesReferencesThatWereClearedBefore() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		List<Flagged> references = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			Flagged reference = new Flagged(new Object(), cleaner);
			references.add(reference);
			reference.enqueue();
		}
		cleaner.close();
		assertThat(references).allSatisfy((reference) -> assertThat(reference.times).hasValue(1));
	}

	@Test
	void callbacksAreCountedAndWhatTheyThrowIsReported() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		Error error = new AssertionError("on purpose");
		cleaner.dispatch("source", () -> {
			throw error;
		});
		cleaner.dispatch("source", () -> assertThat(cleaner.stats().pendingCallbacks()).isEqualTo(1));
		assertThat(this.reported).containsExactly(error);
		assertThat(cleaner.stats()).isEqualTo(new CleanerStats(0, 2, 1, 0));
	}

	@Test
	void queuedCallbackIsPendingUntilItHasRun() {
		ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
		WeakCleaner cleaner = cleaner(queue::add);
		cleaner.dispatch("source", () -> {
		});
		assertThat(cleaner.stats()).isEqualTo(new CleanerStats(0, 0, 0, 1));
		queue.remove().run();
		assertThat(cleaner.stats()).isEqualTo(new CleanerStats(0, 1, 0, 0));
	}

	@Test
	void refusedCallbackIsCountedAndReported() {
		RejectedExecutionException rejection = new RejectedExecutionException("on purpose");
		WeakCleaner cleaner = cleaner((task) -> {
			throw rejection;
		});
		cleaner.dispatch("source", () -> {
		});
		assertThat(this.reported).containsExactly(rejection);
		assertThat(cleaner.stats()).isEqualTo(new CleanerStats(0, 0, 1, 0));
	}

	@Test
	void errorHandlerThatThrowsStopsNothing() {
		this.cleaner = WeakCleaner.builder().callbackExecutor(Runnable::run).errorHandler((source, error) -> {
			throw new IllegalStateException("on purpose too");
		}).build();
		this.cleaner.dispatch("source", () -> {
			throw new IllegalStateException("on purpose");
		});
		assertThat(this.cleaner.stats().callbackErrors()).isEqualTo(1);
	}

	@Test
	void blockedCallbackDelaysNoSweep() throws InterruptedException {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		WeakCleaner cleaner = WeakCleaner.builder().build();
		this.cleaner = cleaner;
		cleaner.dispatch("source", () -> {
			blocked.countDown();
			awaitQuietly(release);
		});
		blocked.await();
		CountingTable table = new CountingTable(64);
		table.register(cleaner);
		GarbageCollection.until(() -> table.rounds() > 0);
		assertThat(cleaner.stats().pendingCallbacks()).isEqualTo(1);
		release.countDown();
		GarbageCollection.await(() -> cleaner.stats().callbacks() == 1);
	}

	@Test
	void everyBinIsSweptAfterAGarbageCollectionAndTheTableIsSettled() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		CountingTable large = new CountingTable(100_000);
		CountingTable small = new CountingTable(16);
		large.register(cleaner);
		small.register(cleaner);
		GarbageCollection.until(() -> large.rounds() > 0 && small.rounds() > 0);
		GarbageCollection.await(() -> large.settled.get() > 0 && small.settled.get() > 0);
	}

	@Test
	void tableIsSweptAgainAfterAGarbageCollectionThatTheCanaryMayHaveMissed() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		CountingTable table = new CountingTable(16);
		table.register(cleaner);
		GarbageCollection.until(() -> table.rounds() > 0);
		int rounds = table.rounds();
		GarbageCollection.await(() -> table.rounds() > rounds + 1);
	}

	@Test
	void purgeSweepsOnTheCallingThreadEvenWhenClosed() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		CountingTable table = new CountingTable(16);
		table.register(cleaner);
		cleaner.close();
		int rounds = table.rounds();
		cleaner.purge();
		assertThat(table.rounds()).isEqualTo(rounds + 1);
	}

	@Test
	void cleanerKeepsNoTableAlive() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		WeakReference<Sweepable> table = register(cleaner);
		GarbageCollection.until(() -> table.refersTo(null));
	}

	private static WeakReference<Sweepable> register(WeakCleaner cleaner) {
		CountingTable table = new CountingTable(16);
		table.register(cleaner);
		return new WeakReference<>(table);
	}

	@Test
	void settlesSoonWhileTheDrainThreadRuns() {
		WeakCleaner cleaner = cleaner(Runnable::run);
		CountingTable table = new CountingTable(16);
		assertThat(cleaner.settleSoon(table)).isTrue();
		GarbageCollection.await(() -> table.settled.get() == 1);
		cleaner.close();
		assertThat(cleaner.settleSoon(table)).isFalse();
	}

	@Test
	void refusesABlankName() {
		assertThatIllegalArgumentException().isThrownBy(() -> WeakCleaner.builder().threadName(" "))
			.withMessage("threadName must not be blank");
	}

	private static Thread drainThread() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("cleaner under test"))
			.findFirst()
			.orElseThrow();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static class Flagged extends WeakReference<Object> implements QueuedReference {

		final AtomicInteger times = new AtomicInteger();

		final AtomicReference<@Nullable String> thread = new AtomicReference<>();

		Flagged(Object referent, WeakCleaner cleaner) {
			super(referent, cleaner.queue());
		}

		@Override
		public void onCleared() {
			this.thread.set(Thread.currentThread().getName());
			this.times.incrementAndGet();
		}

	}

	/** Counts how often its bins were swept, and finds nothing dead. */
	private static final class CountingTable implements Sweepable {

		final AtomicInteger settled = new AtomicInteger();

		private final AtomicInteger[] swept;

		private @Nullable Object registration;

		CountingTable(int bins) {
			this.swept = new AtomicInteger[bins];
			for (int i = 0; i < bins; i++) {
				this.swept[i] = new AtomicInteger();
			}
		}

		void register(WeakCleaner cleaner) {
			this.registration = cleaner.register(this, new WeakReference<>(this));
			assertThat(this.registration).isNotNull();
		}

		/** How often every bin was swept. */
		int rounds() {
			int rounds = Integer.MAX_VALUE;
			for (AtomicInteger bin : this.swept) {
				rounds = Math.min(rounds, bin.get());
			}
			return rounds;
		}

		@Override
		public String name() {
			return "counting";
		}

		@Override
		public int bins() {
			return this.swept.length;
		}

		@Override
		public int sweep(int from, int to) {
			for (int i = from; i < to && i < this.swept.length; i++) {
				this.swept[i].incrementAndGet();
			}
			return 0;
		}

		@Override
		public boolean sampleAges(int oldCollections) {
			return false;
		}

		@Override
		public boolean settle(int bins) {
			this.settled.incrementAndGet();
			return false;
		}

		@Override
		public void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
			// Called by other tests that run before a garbage collection has cleared this
			// table.
		}

	}

}
