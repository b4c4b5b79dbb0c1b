package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakLocks.Held;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests that {@link WeakLocks} have one lock for each key while it is needed, and none
 * afterwards.
 */
@Timeout(60)
class WeakLocksTests {

	private final WeakLocks<Sample> locks = new WeakLocks<>();

	/** Runs tasks on the other thread, which is always the same one. */
	private final ExecutorService other = Executors.newSingleThreadExecutor();

	@AfterEach
	void endTheOtherThread() {
		this.other.shutdownNow();
	}

	private <T> T elsewhere(Callable<T> task) throws Exception {
		return this.other.submit(task).get(30, TimeUnit.SECONDS);
	}

	/** Whether another thread could take the lock of a key. */
	private boolean isFree(Sample key) throws Exception {
		return elsewhere(() -> {
			Held held = this.locks.tryLock(key);
			if (held != null) {
				held.close();
			}
			return held != null;
		});
	}

	private void assertNothingIsLeft() {
		GarbageCollection.until(() -> this.locks.size() == 0);
	}

	/** Wait until a thread waits for one of the locks. */
	private static void awaitWaiting(Thread thread) {
		GarbageCollection.await(() -> LockSupport.getBlocker(thread) instanceof KeyLock);
	}

	// One lock for each key

	@Test
	void equalKeysShareOneLockAndOtherKeysHaveOtherLocks() {
		Lock lock = this.locks.get(new Sample(1));
		assertThat(this.locks.get(new Sample(1))).isSameAs(lock);
		assertThat(this.locks.get(new Sample(2))).isNotSameAs(lock);
	}

	@Test
	void keysOfOneHashCodeHaveLocksOfTheirOwn() throws Exception {
		List<Lock> all = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			all.add(this.locks.get(new Sample(i, 7)));
		}
		assertThat(all).doesNotHaveDuplicates();
		all.get(3).lock();
		assertThat(isFree(new Sample(3, 7))).isFalse();
		assertThat(isFree(new Sample(4, 7))).isTrue();
	}

	@Test
	void aHeldLockExcludesOthersUntilItIsClosed() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		assertThat(isFree(new Sample(1))).isFalse();
		assertThat(isFree(new Sample(2))).isTrue();
		held.close();
		assertThat(isFree(new Sample(1))).isTrue();
	}

	@Test
	void nothingIsLeftAfterwards() {
		for (int i = 0; i < 1000; i++) {
			this.locks.lock(new Sample(i)).close();
		}
		assertNothingIsLeft();
	}

	@Test
	void aReferenceToALockKeepsItAlthoughNobodyHoldsIt() {
		io.weakref.Held<Lock> lock = new io.weakref.Held<>(this.locks.get(new Sample(1)));
		GarbageCollection.collect();
		assertThat(this.locks.get(new Sample(1))).isSameAs(lock.get());
		lock.letGo();
		assertNothingIsLeft();
	}

	@Test
	@SuppressWarnings("NullAway") // that is the point
	void nullIsRefused() {
		assertThatNullPointerException().isThrownBy(() -> this.locks.get(null));
		assertThatNullPointerException().isThrownBy(() -> this.locks.lock(null));
		assertThatNullPointerException().isThrownBy(() -> this.locks.lockInterruptibly(null));
		assertThatNullPointerException().isThrownBy(() -> this.locks.tryLock(null));
		assertThatNullPointerException().isThrownBy(() -> this.locks.tryLock(null, Duration.ZERO));
		assertThatNullPointerException().isThrownBy(() -> this.locks.tryLock(new Sample(1), null));
		assertThat(this.locks.size()).isZero();
	}

	// The two pitfalls: a holder or a condition without a reference to the lock

	@Test
	void aLockThatIsHeldExcludesOthersThoughItsHolderKeepsNoReference() throws Exception {
		this.locks.get(new Sample(1)).lock();
		GarbageCollection.collect();
		this.locks.purge();
		assertThat(isFree(new Sample(1))).isFalse();
		this.locks.get(new Sample(1)).unlock();
		assertThat(isFree(new Sample(1))).isTrue();
		assertNothingIsLeft();
	}

	@Test
	void aConditionKeepsItsLock() throws Exception {
		WeakReference<Lock> lock = new WeakReference<>(this.locks.get(new Sample(1)));
		io.weakref.Held<Condition> condition = new io.weakref.Held<>(this.locks.get(new Sample(1)).newCondition());
		GarbageCollection.collect();
		assertThat(this.locks.get(new Sample(1))).isSameAs(lock.get()).isNotNull();
		try (Held held = this.locks.lock(new Sample(1))) {
			condition.get().signalAll();
		}
		condition.letGo();
		GarbageCollection.until(() -> lock.refersTo(null));
		assertNothingIsLeft();
	}

	@Test
	void everyWayToAcquireALockKeepsItThroughAGarbageCollection() throws Exception {
		List<Callable<?>> ways = List.of(() -> this.locks.lock(new Sample(1)),
				() -> this.locks.lockInterruptibly(new Sample(1)), () -> this.locks.tryLock(new Sample(1)),
				() -> this.locks.tryLock(new Sample(1), Duration.ofSeconds(1)), () -> {
					this.locks.get(new Sample(1)).lockInterruptibly();
					return null;
				}, () -> this.locks.get(new Sample(1)).tryLock(),
				() -> this.locks.get(new Sample(1)).tryLock(1, TimeUnit.SECONDS));
		for (Callable<?> way : ways) {
			way.call();
			GarbageCollection.collect();
			this.locks.purge();
			assertThat(isFree(new Sample(1))).isFalse();
			this.locks.get(new Sample(1)).unlock();
			assertThat(isFree(new Sample(1))).isTrue();
		}
		assertNothingIsLeft();
	}

	@Test
	void manyLocksThatAreHeldStayWhileTheTableGrowsAndShrinks() throws Exception {
		for (int i = 0; i < 500; i++) {
			this.locks.get(new Sample(i, i % 100)).lock();
		}
		for (int i = 500; i < 20_000; i++) {
			this.locks.get(new Sample(i));
		}
		GarbageCollection.until(() -> this.locks.size() == 500);
		this.locks.purge();
		for (int i = 0; i < 500; i++) {
			assertThat(isFree(new Sample(i, i % 100))).isFalse();
		}
		for (int i = 0; i < 500; i++) {
			this.locks.get(new Sample(i, i % 100)).unlock();
		}
		assertNothingIsLeft();
	}

	@Test
	void locksOfKeysThatAreOrderedStayWhileTheyAreHeld() throws Exception {
		WeakLocks<Colliding> locks = new WeakLocks<>();
		for (int i = 0; i < 100; i++) {
			locks.get(new Colliding(i)).lock();
		}
		GarbageCollection.collect();
		locks.purge();
		assertThat(locks.liveCount()).isEqualTo(100);
		for (int i = 0; i < 100; i++) {
			int number = i;
			assertThat(elsewhere(() -> locks.tryLock(new Colliding(number)))).isNull();
			locks.get(new Colliding(i)).unlock();
		}
		GarbageCollection.until(() -> locks.size() == 0);
	}

	// Behaviour of a ReentrantLock

	@Test
	void aThreadThatHoldsALockAcquiresItAgainAndReleasesItWithTheLast() throws Exception {
		this.locks.get(new Sample(1)).lock();
		Held second = this.locks.lock(new Sample(1));
		Held third = Objects.requireNonNull(this.locks.tryLock(new Sample(1)));
		third.close();
		second.close();
		GarbageCollection.collect();
		assertThat(isFree(new Sample(1))).isFalse();
		this.locks.get(new Sample(1)).unlock();
		assertThat(isFree(new Sample(1))).isTrue();
		assertNothingIsLeft();
	}

	@Test
	void theSecondCloseDoesNothing() throws Exception {
		this.locks.get(new Sample(1)).lock();
		Held held = this.locks.lock(new Sample(1));
		held.close();
		held.close();
		assertThat(isFree(new Sample(1))).isFalse();
		this.locks.get(new Sample(1)).unlock();
		held.close();
		assertThat(isFree(new Sample(1))).isTrue();
	}

	@Test
	void aThreadThatDoesNotHoldALockCannotReleaseIt() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		assertThatExceptionOfType(IllegalMonitorStateException.class)
			.isThrownBy(() -> this.locks.get(new Sample(2)).unlock());
		elsewhere(() -> {
			assertThatExceptionOfType(IllegalMonitorStateException.class)
				.isThrownBy(() -> this.locks.get(new Sample(1)).unlock());
			assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(held::close);
			return true;
		});
		GarbageCollection.collect();
		assertThat(isFree(new Sample(1))).isFalse();
		held.close();
		assertThat(isFree(new Sample(1))).isTrue();
	}

	@Test
	void aThreadThatIsInterruptedWhileItWaitsHasNoLock() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		List<Callable<?>> ways = List.of(() -> this.locks.lockInterruptibly(new Sample(1)),
				() -> this.locks.tryLock(new Sample(1), Duration.ofDays(1)));
		for (Callable<?> way : ways) {
			Thread thread = elsewhere(Thread::currentThread);
			Future<?> waiting = this.other.submit(way);
			awaitWaiting(thread);
			thread.interrupt();
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
				.withCauseInstanceOf(InterruptedException.class);
		}
		held.close();
		assertThat(isFree(new Sample(1))).isTrue();
		assertThat(this.locks.waits()).isZero();
		assertNothingIsLeft();
	}

	@Test
	void aThreadThatIsAlreadyInterruptedDoesNotBeginToWait() throws Exception {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.locks.lockInterruptibly(new Sample(1)));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.locks.tryLock(new Sample(1), Duration.ofDays(1)));
		assertThat(isFree(new Sample(1))).isTrue();
	}

	@Test
	void lockIgnoresAnInterruptAndRestoresIt() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		Thread thread = elsewhere(Thread::currentThread);
		Future<Boolean> waiting = this.other.submit(() -> {
			try (Held mine = this.locks.lock(new Sample(1))) {
				return Thread.interrupted();
			}
		});
		awaitWaiting(thread);
		thread.interrupt();
		held.close();
		assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void anAttemptThatTimesOutDoesNotAcquireTheLock() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		elsewhere(() -> {
			assertThat(this.locks.tryLock(new Sample(1), Duration.ofMillis(5))).isNull();
			assertThat(this.locks.tryLock(new Sample(1), Duration.ZERO)).isNull();
			assertThat(this.locks.tryLock(new Sample(1), Duration.ofMillis(-1))).isNull();
			assertThat(this.locks.tryLock(new Sample(1), Duration.ofSeconds(Long.MIN_VALUE))).isNull();
			return true;
		});
		held.close();
		assertThat(isFree(new Sample(1))).isTrue();
		assertNothingIsLeft();
	}

	@Test
	void anAttemptThatWaitsLongEnoughAcquiresTheLock() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		Thread thread = elsewhere(Thread::currentThread);
		Future<Held> waiting = this.other
			.submit(() -> this.locks.tryLock(new Sample(1), Duration.ofSeconds(Long.MAX_VALUE)));
		awaitWaiting(thread);
		// The waiting thread keeps the lock, which must be the same after a garbage
		// collection
		GarbageCollection.collect();
		held.close();
		Held theirs = waiting.get(30, TimeUnit.SECONDS);
		assertThat(theirs).isNotNull();
		GarbageCollection.collect();
		assertThat(this.locks.tryLock(new Sample(1))).isNull();
		elsewhere(() -> {
			theirs.close();
			return true;
		});
		assertThat(this.locks.waits()).isEqualTo(1);
		assertThat(this.locks.totalWaitNanos()).isPositive();
	}

	// Conditions

	@Test
	void awaitingAConditionReleasesTheLockAndReacquiresTheSameLock() throws Exception {
		CountDownLatch waits = new CountDownLatch(1);
		io.weakref.Held<Condition> condition = new io.weakref.Held<>(this.locks.get(new Sample(1)).newCondition());
		Future<?> waiting = this.other.submit(() -> {
			this.locks.get(new Sample(1)).lock();
			this.locks.get(new Sample(1)).lock();
			waits.countDown();
			condition.get().awaitUninterruptibly();
			// Both holds are back, and nothing refers to the lock from here on.
			this.locks.get(new Sample(1)).unlock();
		});
		waits.await();
		this.locks.lock(new Sample(1)).close();
		// By now it awaits the condition.
		GarbageCollection.collect();
		this.locks.purge();
		try (Held held = this.locks.lock(new Sample(1))) {
			condition.get().signal();
		}
		waiting.get(30, TimeUnit.SECONDS);
		condition.letGo();
		GarbageCollection.collect();
		assertThat(this.locks.tryLock(new Sample(1))).isNull();
		elsewhere(() -> {
			this.locks.get(new Sample(1)).unlock();
			return true;
		});
		assertThat(isFree(new Sample(1))).isTrue();
		assertNothingIsLeft();
	}

	@Test
	void aThreadThatAwaitsAConditionThatOnlyItHasKeepsTheLock() throws Exception {
		Thread thread = elsewhere(Thread::currentThread);
		CountDownLatch locked = new CountDownLatch(1);
		Future<Boolean> waiting = this.other.submit(() -> {
			this.locks.get(new Sample(1)).lock();
			locked.countDown();
			// Nothing but the stack of this thread leads to the condition.
			boolean signalled = this.locks.get(new Sample(1)).newCondition().await(1, TimeUnit.DAYS);
			this.locks.get(new Sample(1)).unlock();
			return signalled;
		});
		locked.await();
		this.locks.lock(new Sample(1)).close();
		// By now it awaits the condition.
		WeakReference<Lock> lock = new WeakReference<>(this.locks.get(new Sample(1)));
		GarbageCollection.collect();
		assertThat(this.locks.get(new Sample(1))).isSameAs(lock.get()).isNotNull();
		thread.interrupt();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
			.withCauseInstanceOf(InterruptedException.class);
		// The thread holds the lock again after await() has thrown.
		GarbageCollection.collect();
		assertThat(this.locks.tryLock(new Sample(1))).isNull();
		elsewhere(() -> {
			this.locks.get(new Sample(1)).unlock();
			return true;
		});
		assertNothingIsLeft();
	}

	@Test
	void aConditionCanOnlyBeUsedByTheHolder() {
		Condition condition = this.locks.get(new Sample(1)).newCondition();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(condition::signal);
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(condition::await);
	}

	// Behaviour of a weak collection

	@Test
	void clearLeavesLocksThatAreHeldWaitedForOrReferredTo() throws Exception {
		Held held = this.locks.lock(new Sample(1));
		Thread thread = elsewhere(Thread::currentThread);
		Future<Held> waiting = this.other.submit(() -> this.locks.lock(new Sample(1)));
		awaitWaiting(thread);
		this.locks.get(new Sample(2)).lock();
		Lock referredTo = this.locks.get(new Sample(3));
		this.locks.lock(new Sample(4)).close();
		GarbageCollection.collect();
		this.locks.clear();
		assertThat(this.locks.size()).isEqualTo(3);
		assertThat(this.locks.get(new Sample(3))).isSameAs(referredTo);
		assertThat(waiting.isDone()).isFalse();
		held.close();
		Held theirs = waiting.get(30, TimeUnit.SECONDS);
		this.locks.clear();
		assertThat(this.locks.tryLock(new Sample(1))).isNull();
		elsewhere(() -> {
			theirs.close();
			return true;
		});
		this.locks.get(new Sample(2)).unlock();
	}

	@Test
	void theBuilderSetsNameAndCapacityAndStatistics() {
		WeakLocks<Sample> built = WeakLocks.<Sample>builder()
			.name("accounts")
			.initialCapacity(100)
			.recordStats(true)
			.build();
		assertThat(built.name()).isEqualTo("accounts");
		built.lock(new Sample(1)).close();
		Lock lock = built.get(new Sample(2));
		assertThat(built.get(new Sample(2))).isSameAs(lock);
		assertThat(built.stats().hits()).isEqualTo(1);
		assertThat(built.stats().misses()).isEqualTo(2);
		assertThat(this.locks.name()).startsWith("weakLocks-");
		assertThatIllegalArgumentException().isThrownBy(() -> WeakLocks.builder().name(" "));
	}

	@Test
	void aClosedCleanerLeavesTheLocksUsable() throws Exception {
		WeakCleaner cleaner = WeakCleaner.builder().threadName("locks").build();
		WeakLocks<Sample> locks = WeakLocks.<Sample>builder().cleaner(cleaner).build();
		cleaner.close();
		locks.get(new Sample(1)).lock();
		GarbageCollection.collect();
		assertThat(elsewhere(() -> locks.tryLock(new Sample(1)))).isNull();
		locks.get(new Sample(1)).unlock();
		assertThat(elsewhere(() -> locks.tryLock(new Sample(1)))).isNotNull();
	}

	@Test
	void toStringShowsTheHolder() {
		Lock lock = this.locks.get(new Sample(1));
		assertThat(lock).hasToString("lock of a key, not held");
		lock.lock();
		assertThat(lock).hasToString("lock of a key, held by thread " + Thread.currentThread().getName());
	}

	// Virtual threads

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void manyVirtualThreadsExcludeEachOtherOnOneKey() throws Exception {
		int threads = 2000;
		ThreadFactory factory = virtualThreads();
		CountDownLatch done = new CountDownLatch(threads);
		List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
		int[] inside = new int[1];
		int[] sections = new int[1];
		for (int i = 0; i < threads; i++) {
			factory.newThread(() -> {
				for (int round = 0; round < 10; round++) {
					try (Held held = this.locks.lock(new Sample(1))) {
						int others = inside[0]++;
						// A virtual thread releases its carrier thread.
						Thread.yield();
						sections[0]++;
						inside[0]--;
						if (others != 0) {
							failures.add(new AssertionError(others + " others"));
						}
					}
				}
				done.countDown();
			}).start();
		}
		while (!done.await(20, TimeUnit.MILLISECONDS)) {
			System.gc();
		}
		assertThat(failures).isEmpty();
		assertThat(sections[0]).isEqualTo(10 * threads);
		assertNothingIsLeft();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aVirtualThreadThatHoldsOrAwaitsNeedsNoReference() throws Exception {
		CountDownLatch locked = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		List<Condition> conditions = new ArrayList<>();
		Thread thread = virtualThreads().newThread(() -> {
			this.locks.get(new Sample(1)).lock();
			conditions.add(this.locks.get(new Sample(1)).newCondition());
			locked.countDown();
			try {
				go.await();
				conditions.remove(0).awaitUninterruptibly();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.locks.get(new Sample(1)).unlock();
		});
		thread.start();
		locked.await();
		GarbageCollection.collect();
		assertThat(this.locks.tryLock(new Sample(1))).isNull();
		Condition condition = conditions.get(0);
		go.countDown();
		GarbageCollection.await(() -> {
			Held held = this.locks.tryLock(new Sample(1));
			if (held != null) {
				held.close();
			}
			return held != null;
		});
		GarbageCollection.collect();
		try (Held held = this.locks.lock(new Sample(1))) {
			condition.signal();
		}
		thread.join();
		assertThat(isFree(new Sample(1))).isTrue();
	}

	/**
	 * Uses reflection, because these tests are compiled for a JDK without virtual
	 * threads.
	 */
	private static ThreadFactory virtualThreads() throws ReflectiveOperationException {
		Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
		return (ThreadFactory) Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
	}

	/** Collides with all others, and is comparable. */
	private record Colliding(int number) implements Comparable<Colliding> {

		@Override
		public int compareTo(Colliding other) {
			return Integer.compare(this.number, other.number);
		}

		@Override
		public int hashCode() {
			return 1;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Colliding that && this.number == that.number;
		}

	}

}
