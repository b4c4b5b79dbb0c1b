package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.CleanerInternals.Holder;
import io.weakref.cleaner.CleanerInternals.Sweepable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of when a {@link Sweeper} sweeps.
 */
class SweeperTests {

	private long now;

	private long collections;

	private long cpu;

	@Test
	void aGarbageCollectionBeforeTheFirstCanaryIsMadeUpFor() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>());
		Bins bins = new Bins(16, () -> {
		});
		sweeper.add(target(bins, bins));
		long wait = sweeper.run();
		assertThat(bins.swept).isEqualTo(16);
		assertThat(wait).isLessThan(1_000_000_000L);
	}

	@Test
	void aTableSettlesEvenIfGarbageCollectionsComeFasterThanRounds() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>());
		Bins bins = new Bins(8192, sweeper::collected);
		sweeper.add(target(bins, bins));
		for (int i = 0; i < 1000 && bins.settled == 0; i++) {
			sweeper.run();
		}
		assertThat(bins.settled).isPositive();
		assertThat(bins.swept).isGreaterThanOrEqualTo(8192);
	}

	@Test
	void aTickSweepsOneSliceIfNothingDied() {
		Bins bins = new Bins(8192, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		tick(sweeper);
		assertThat(bins.swept).isEqualTo(1024);
		tick(sweeper);
		assertThat(bins.swept).isEqualTo(2048);
	}

	@Test
	void aDeadEntryInASliceCountsAsANoticedGarbageCollection() {
		Bins bins = new Bins(8192, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		Bins other = new Bins(8192, () -> {
		});
		sweeper.add(target(other, other));
		bins.dead = 1;
		tick(sweeper);
		assertThat(bins.swept).isGreaterThanOrEqualTo(8192);
		assertThat(other.swept).isGreaterThanOrEqualTo(8192);
	}

	@Test
	void aGarbageCollectionThatOnlyTheJvmCountedIsNoticed() {
		Bins bins = new Bins(8192, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		this.collections++;
		tick(sweeper);
		assertThat(bins.swept).isEqualTo(8192);
	}

	@Test
	void aTableWhoseOwnerHasDiedIsNotSwept() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		Bins bins = new Bins(16, () -> {
		});
		sweeper.add(target(bins, new Object()));
		GarbageCollection.collect();
		sweeper.run();
		assertThat(bins.swept).isZero();
		assertThat(sweeper.run()).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void aSliceThatTookLongDoesNotStopSweepingForLong() {
		Bins bins = new Bins(8192, () -> this.now += 60_000_000_000L);
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		sweeper.add(target(bins, bins));
		for (int i = 0; i < 100; i++) {
			sweeper.run();
			this.now += 40_000_000L;
		}
		assertThat(bins.swept).isGreaterThan(8192);
	}

	@Test
	void withoutATableThereIsNothingToWaitFor() {
		assertThat(new Sweeper("test", new ReferenceQueue<>()).run()).isEqualTo(Long.MAX_VALUE);
	}

	@Test
	void aNewTableIsSweptEvenIfNoRoundIsDueForTheOthers() {
		Bins bins = new Bins(8192, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		Bins arrived = new Bins(8192, () -> {
		});
		sweeper.add(target(arrived, arrived));
		while (sweeper.run() == 0) {
			assertThat(arrived.swept).isLessThanOrEqualTo(8192);
		}
		assertThat(arrived.swept).isEqualTo(8192);
		assertThat(bins.swept).isZero();
	}

	@Test
	void manyTablesTakeTurnsAndTheThreadSleepsFromTickToTick() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.cpu);
		List<Bins> tables = new ArrayList<>();
		for (int i = 0; i < 100_000; i++) {
			Bins bins = new Bins(16, () -> this.cpu += 1_000);
			tables.add(bins);
			sweeper.add(target(bins, bins));
		}
		int ticks = 0;
		while (tables.get(0).swept < 32 && ticks < 1000) {
			long wait = sweeper.run();
			if (wait > 0) {
				assertThat(wait).isEqualTo(500_000_000L);
				this.now += wait;
				ticks++;
			}
		}
		assertThat(tables).allSatisfy((bins) -> assertThat(bins.swept).isBetween(16, 32));
		assertThat(ticks).isBetween(30, 60);
	}

	@Test
	void theQueueIsPolledBetweenTheSharesOfAResize() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		Bins large = new Bins(8192, () -> {
		});
		large.settlings = 1000;
		large.whenSettled = () -> this.now += 200_000;
		Bins small = new Bins(16, () -> {
		});
		small.settlings = 1;
		sweeper.settleSoon(large);
		sweeper.settleSoon(small);
		int turns = 0;
		int before = 0;
		while (sweeper.run() == 0) {
			assertThat(large.settled - before).isLessThanOrEqualTo(5);
			before = large.settled;
			turns++;
		}
		assertThat(small.settled).isEqualTo(1);
		assertThat(large.settled).isEqualTo(1000);
		assertThat(turns).isGreaterThanOrEqualTo(199);
	}

	@Test
	void theQueueIsPolledBetweenTheCallsOfManyHolders() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		List<CountingHolder> holders = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			CountingHolder holder = new CountingHolder();
			holders.add(holder);
			sweeper.holders().add(holder, new WeakReference<>(holder));
		}
		int turns = 0;
		long before = this.now;
		while (sweeper.run() == 0) {
			assertThat(Duration.ofNanos(this.now - before)).isLessThanOrEqualTo(Duration.ofMillis(2));
			IntSummaryStatistics calls = holders.stream().mapToInt((holder) -> holder.calls).summaryStatistics();
			assertThat(calls.getMax() - calls.getMin()).isLessThanOrEqualTo(1);
			before = this.now;
			turns++;
		}
		assertThat(turns).isGreaterThan(1000);
		assertThat(holders).allMatch((holder) -> holder.calls == 3);
	}

	@Test
	void aGarbageCollectionDuringAPassOverTheHoldersMakesAnotherPassDue() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		CountingHolder[] holders = { new CountingHolder(), new CountingHolder() };
		for (CountingHolder holder : holders) {
			holder.busy = 0;
			sweeper.holders().add(holder, new WeakReference<>(holder));
		}
		assertThat(sweeper.run()).isZero();
		assertThat(holders[0].calls + holders[1].calls).isOne();
		sweeper.collected();
		while (sweeper.run() == 0) {
			assertThat(holders[0].calls + holders[1].calls).isLessThan(5);
		}
		assertThat(holders).allMatch((holder) -> holder.calls == 2);
	}

	@Test
	void holdersAreCalledWhenTheFirstOfThemIsDueHoweverLongAPassTakes() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		CountingHolder[] holders = { new CountingHolder(), new CountingHolder() };
		for (CountingHolder holder : holders) {
			holder.whenCalled = () -> this.now += 10_000_000_000L;
			holder.busy = 0;
			sweeper.holders().add(holder, new WeakReference<>(holder));
		}
		assertThat(sweeper.run()).isZero();
		assertThat(sweeper.run()).isZero();
		assertThat(holders).allMatch((holder) -> holder.calls == 1);
		for (CountingHolder holder : holders) {
			holder.whenCalled = () -> {
			};
		}
		assertThat(sweeper.run()).isEqualTo(CountingHolder.WAIT);
		assertThat(holders).allMatch((holder) -> holder.calls == 2);
		this.now += CountingHolder.WAIT - 1;
		assertThat(sweeper.run()).isOne();
		assertThat(holders).allMatch((holder) -> holder.calls == 2);
		this.now++;
		sweeper.run();
		assertThat(holders).allMatch((holder) -> holder.calls == 3);
	}

	@Test
	void aHolderThatFailsIsCalledAgain() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		CountingHolder holder = new CountingHolder();
		holder.whenCalled = () -> {
			throw new IllegalStateException();
		};
		sweeper.holders().add(holder, new WeakReference<>(holder));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(sweeper::run);
		assertThat(sweeper.run()).isZero();
		holder.whenCalled = () -> {
		};
		sweeper.run();
		assertThat(holder.calls).isEqualTo(2);
	}

	@Test
	void fewDeadAmongMillionsAreFoundWithinTenSeconds() {
		AtomicInteger slices = new AtomicInteger();
		Bins bins = new Bins(8_192_000, () -> {
		});
		bins.whenSwept = () -> {
			this.cpu += 30_000;
			bins.dead = slices.incrementAndGet() % 2;
		};
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.cpu);
		sweeper.add(target(bins, bins));
		while (bins.swept < bins.bins) {
			this.now += sweeper.run();
		}
		assertThat(Duration.ofNanos(this.now)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
	}

	@Test
	void aSweepOfMillionsOfLiveEntriesIsNotHurried() {
		Bins bins = new Bins(8_192_000, () -> this.cpu += 30_000);
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.cpu);
		sweeper.add(target(bins, bins));
		while (bins.swept < bins.bins) {
			this.now += sweeper.run();
		}
		assertThat(this.cpu).isLessThan(this.now / 100);
	}

	@Test
	void forEachTablePassesEachTableOnceWhetherItIsNewOrATarget() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>());
		Bins bins = new Bins(16, () -> {
		});
		List<Sweepable> shown = new ArrayList<>();
		Object registration = sweeper.register(bins, new WeakReference<>(bins), true);
		sweeper.forEachTable(shown::add);
		assertThat(shown).containsExactly(bins);
		assertThat(registration).isInstanceOfSatisfying(Sweeper.Newcomer.class,
				(newcomer) -> sweeper.add(newcomer.target));
		shown.clear();
		sweeper.forEachTable(shown::add);
		assertThat(shown).containsExactly(bins);
	}

	@Test
	void agesAreSampledOnceAfterEachOldCollectionAtTheEndOfTheTable() {
		Bins bins = new Bins(8192, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		bins.whenSampled = () -> assertThat(bins.sweptTo).isEqualTo(8192);
		sweeper.oldCollected();
		tick(sweeper);
		tick(sweeper);
		assertThat(bins.sampledAt).containsExactly(1);
		sweeper.oldCollected();
		sweeper.oldCollected();
		tick(sweeper);
		tick(sweeper);
		assertThat(bins.sampledAt).containsExactly(1, 3);
	}

	@Test
	void agesAreSampledEvenIfGarbageCollectionsComeFasterThanRounds() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>());
		Bins bins = new Bins(8192, sweeper::oldCollected);
		sweeper.add(target(bins, bins));
		for (int i = 0; i < 1000 && bins.sampledAt.isEmpty(); i++) {
			sweeper.run();
		}
		assertThat(bins.sampledAt).isNotEmpty();
		assertThat(bins.swept).isGreaterThanOrEqualTo(8192);
	}

	@Test
	void noAgesAreSampledAfterOtherGarbageCollections() {
		Bins bins = new Bins(16, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		for (int i = 0; i < 100; i++) {
			sweeper.collected();
			this.collections++;
			tick(sweeper);
		}
		assertThat(bins.swept).isGreaterThanOrEqualTo(1600);
		assertThat(bins.sampledAt).isEmpty();
	}

	@Test
	void oldCollectionsBeforeATableArrivedDoNotCountForIt() {
		Bins bins = new Bins(16, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		sweeper.oldCollected();
		tick(sweeper);
		Bins arrived = new Bins(16, () -> {
		});
		sweeper.add(target(arrived, arrived));
		tick(sweeper);
		assertThat(arrived.swept).isPositive();
		assertThat(arrived.sampledAt).isEmpty();
		sweeper.oldCollected();
		tick(sweeper);
		assertThat(arrived.sampledAt).containsExactly(2);
	}

	@Test
	void samplingAgesIsChargedLikeSweeping() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.cpu);
		List<Bins> tables = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			Bins bins = new Bins(16, () -> {
			});
			bins.whenSampled = () -> this.cpu += 10_000;
			tables.add(bins);
			sweeper.add(target(bins, bins));
		}
		sweeper.oldCollected();
		int ticks = 0;
		while (tables.stream().anyMatch((bins) -> bins.sampledAt.isEmpty()) && ticks < 1000) {
			long wait = sweeper.run();
			if (wait > 0) {
				this.now += wait;
				ticks++;
			}
		}
		assertThat(ticks).isBetween(30, 60);
		assertThat(tables).allSatisfy((bins) -> assertThat(bins.sampledAt).containsExactly(1));
	}

	@Test
	void aTableThatNeverShrinksIsReportedOnceAfterEachOldCollectionWhenAllWereSwept() {
		Bins bins = new Bins(16, () -> {
		});
		Sweeper sweeper = quietSweeper(bins);
		Bins other = new Bins(8192, () -> {
		});
		sweeper.add(target(other, other));
		tick(sweeper);
		bins.neverShrinks = true;
		other.neverShrinks = true;
		for (int i = 0; i < 2; i++) {
			assertThat(sweeper.hasFoundThatNeverShrinks()).isFalse();
			sweeper.oldCollected();
			bins.whenSampled = () -> assertThat(sweeper.hasFoundThatNeverShrinks()).isFalse();
			tick(sweeper);
			assertThat(sweeper.hasFoundThatNeverShrinks()).isTrue();
			tick(sweeper);
		}
		assertThat(bins.sampledAt).hasSize(2);
	}

	private static Sweeper.Target target(Bins bins, Object owner) {
		return new Sweeper.Target(bins, new WeakReference<>(owner));
	}

	/** A sweeper that has noticed no garbage collection for a long time. */
	private Sweeper quietSweeper(Bins bins) {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>(), () -> this.now, () -> this.collections,
				() -> this.now);
		sweeper.add(target(bins, bins));
		for (int i = 0; i <= 2 * Sweeper.FOLLOW_UP_SECONDS; i++) {
			tick(sweeper);
		}
		bins.swept = 0;
		return sweeper;
	}

	/** Let half a second pass, and let the sweeper do what is due. */
	private void tick(Sweeper sweeper) {
		this.now += 500_000_000L;
		long wait = 0;
		while (wait == 0) {
			wait = sweeper.run();
		}
		assertThat(wait).isEqualTo(500_000_000L);
	}

	/** Takes a millisecond for each call, and wants to be called three times at once. */
	private final class CountingHolder implements Holder {

		private static final long WAIT = 5_000_000_000L;

		private int calls;

		private int busy = 2;

		private Runnable whenCalled = () -> SweeperTests.this.now += 1_000_000;

		@Override
		public long letGo() {
			this.calls++;
			this.whenCalled.run();
			return (this.calls <= this.busy) ? 0 : WAIT;
		}

		@Override
		public void letGoAll() {
		}

	}

	private static final class Bins implements Sweepable {

		private final int bins;

		private Runnable whenSwept;

		private int swept;

		private int sweptTo;

		private int settled;

		private int settlings;

		private Runnable whenSettled = () -> {
		};

		private int dead;

		private final List<Integer> sampledAt = new ArrayList<>();

		private Runnable whenSampled = () -> {
		};

		private boolean neverShrinks;

		Bins(int bins, Runnable whenSwept) {
			this.bins = bins;
			this.whenSwept = whenSwept;
		}

		@Override
		public String name() {
			return "bins";
		}

		@Override
		public int bins() {
			return this.bins;
		}

		@Override
		public int sweep(int from, int to) {
			this.swept += to - from;
			this.sweptTo = to;
			this.whenSwept.run();
			int found = this.dead;
			this.dead = 0;
			return found;
		}

		@Override
		public boolean sampleAges(int oldCollections) {
			this.sampledAt.add(oldCollections);
			this.whenSampled.run();
			return this.neverShrinks;
		}

		@Override
		public boolean settle(int bins) {
			this.settled++;
			this.whenSettled.run();
			return this.settled < this.settlings;
		}

		@Override
		public void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		}

	}

}
