package io.weakref.reference;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.weakref.cleaner.CleanerInternals;
import io.weakref.cleaner.CleanerInternals.CleanerAttachment;
import io.weakref.cleaner.CleanerInternals.OwnedCallback;
import io.weakref.cleaner.WeakCleaner;
import org.jspecify.annotations.Nullable;

/**
 * The references, proxies and finalizers of one cleaner, found by the identity hash codes
 * of their referents. The registry is created together with the first of them, and lives
 * as long as the cleaner.
 * <p>
 * References and proxies without a callback need not be notified of a death. They are in
 * two registries without a cleaner and a thread: one for the shared proxies, one for all
 * others. There, each call that enters a stripe after a garbage collection removes some
 * of the links that have died. Shared references are not here but in
 * {@link SharedReferences}.
 *
 * <h2>The table</h2>
 *
 * A hash table keyed by {@link System#identityHashCode}, in {@value #STRIPES} stripes
 * with chained bins. A node is the {@link ChainLink} of one reference or finalizer. The
 * monitor of a stripe guards its bins and every link in them. No user code runs under it
 * (only identity hashes, {@code refersTo} and plain field accesses), and no thread holds
 * two of them.
 * <ul>
 * <li>With a cleaner, a new link is only pushed onto one of the lock-free stacks of its
 * stripe ({@link NewLinks}), without the monitor and without accessing the bins. A thread
 * that searches for links first moves those on the stacks into the bins. Links are popped
 * only under the monitor.</li>
 * <li>In a bin, links with the same hash are ordered from the newest to the oldest, by
 * {@link RegistrationOrder}. Those that come off several stacks are moved in this order,
 * and put in front. Only if a newer one was moved before, a link is put behind that one.
 * A resize does not change the order.</li>
 * <li>A reference with a callback is itself registered with its cleaner's queue, and so
 * is the link of a finalizer. The first reference or link of a referent that the drain
 * thread takes off the queue leads to the others: the garbage collector has cleared them
 * all in one step, so they are the links with its hash whose referent is cleared. They
 * are gathered and removed in one step under the monitor, and dispatched as one list
 * after leaving it. When the others come off the queue, they are already removed. If two
 * referents with the same hash die together, their callbacks form one list; no order is
 * promised between those two.</li>
 * <li>The link of a finalizer that was handed over leaves its bin for a list, in which it
 * waits until the finalizer has run or was cancelled, so that it is found at exit.</li>
 * <li>A link that is far from the front of its bin is only marked when it is removed (a
 * tombstone). It is unlinked by a thread that passes it, or when the marked links
 * outnumber the others. So the size of the table is bounded by the number of live
 * references and finalizers, and the table shrinks.</li>
 * </ul>
 *
 * <h2>Errors at any point</h2>
 *
 * Any call of a user can end with a {@code StackOverflowError} and, if it allocates, with
 * an {@code OutOfMemoryError}. The writes that belong together therefore follow the last
 * method call: to move a link from a stack to a bin, to unlink one, to resize the bins.
 * So no link of another object is lost, and the numbers are right. Once a link is marked
 * as removed, removing it does not fail.
 *
 * <h2>Reachability</h2>
 *
 * The cleaner refers to its registry. The only static state is a set of weak references
 * to registries, so nothing that belongs to a cleaner outlives it. Users hold references;
 * a reference refers to its link, the link to its stripe, and the stripe to the registry.
 */
final class ReferenceRegistry implements CleanerAttachment {

	private static final int STRIPES = 32;

	private static final int STRIPE_BITS = 5;

	private static final Set<WeakReference<ReferenceRegistry>> registries = ConcurrentHashMap.newKeySet();

	private final @Nullable WeakCleaner cleaner;

	private final @Nullable ReferenceQueue<Object> queue;

	private final Stripe[] stripes = new Stripe[STRIPES];

	private final @Nullable NewLinks newLinks;

	/** What runs the finalizers that are due at exit. Set once. */
	private final AtomicReference<@Nullable ExitFinalizers> exitFinalizers = new AtomicReference<>();

	private volatile boolean closed;

	static {
		// Loaded now, because without stack or memory they could not be loaded to be
		// caught.
		Objects.requireNonNull(StackOverflowError.class);
		Objects.requireNonNull(OutOfMemoryError.class);
		// Initialized now for the same reason.
		RegistrationOrder.next();
	}

	private ReferenceRegistry(@Nullable WeakCleaner cleaner) {
		this.cleaner = cleaner;
		this.queue = (cleaner != null) ? CleanerInternals.queue(cleaner) : null;
		this.newLinks = (cleaner != null) ? new NewLinks(STRIPES) : null;
		for (int i = 0; i < STRIPES; i++) {
			this.stripes[i] = new Stripe(this, i);
		}
		registries.removeIf((registry) -> registry.refersTo(null));
		registries.add(new WeakReference<>(this));
	}

	/**
	 * Return the registry of a cleaner.
	 * @param cleaner the cleaner
	 * @return its only registry
	 * @throws IllegalStateException if the cleaner is closed
	 */
	static ReferenceRegistry of(WeakCleaner cleaner) {
		ReferenceRegistry registry = (ReferenceRegistry) CleanerInternals.attachment(cleaner, ReferenceRegistry::new);
		if (registry.closed) {
			throw registry.closedException();
		}
		return registry;
	}

	/**
	 * Return the registry of the references and proxies that have no callback and are not
	 * shared.
	 * @return the registry, which has no cleaner
	 */
	static ReferenceRegistry withoutCallbacks() {
		return WithoutCallbacks.OWN;
	}

	/**
	 * Return the registry of the shared proxies.
	 * @return the registry, which has no cleaner
	 */
	static ReferenceRegistry sharing() {
		return WithoutCallbacks.SHARED;
	}

	/**
	 * Return the registries that are still in use.
	 * @return a snapshot
	 */
	static List<ReferenceRegistry> all() {
		List<ReferenceRegistry> all = new ArrayList<>();
		for (WeakReference<ReferenceRegistry> reference : registries) {
			ReferenceRegistry registry = reference.get();
			if (registry != null) {
				all.add(registry);
			}
		}
		return all;
	}

	/**
	 * Return the queue with which references of this registry are to be registered.
	 * @return the cleaner's queue, or {@code null} if there is no cleaner
	 */
	@Nullable ReferenceQueue<Object> queue() {
		return this.queue;
	}

	/**
	 * Add a reference as the newest of its referent.
	 * @param referent the referent
	 * @param ref the reference, which gets its link and is held weakly
	 */
	void add(Object referent, WeakRef<?> ref) {
		int hash = System.identityHashCode(referent);
		ChainLink link = new ChainLink.OfRef(ref, hash, stripe(hash), this.queue);
		// Before other threads can find the reference.
		ref.entered(link);
		enter(link);
	}

	/**
	 * Create the link of a finalizer, which is then to be {@linkplain #add added}.
	 * @param referent the referent
	 * @param finalizer the finalizer, which may be under construction
	 * @return its link, which the finalizer must hold
	 */
	ChainLink.OfFinalizer link(Object referent, Finalizer<?> finalizer) {
		int hash = System.identityHashCode(referent);
		return new ChainLink.OfFinalizer(finalizer, referent, hash, stripe(hash), Objects.requireNonNull(this.queue));
	}

	/**
	 * Add a finalizer as the newest of its referent, hold it until it has run or was
	 * cancelled, and make sure that it runs at exit. Other threads can find and run it
	 * from now on.
	 * @param link the link of a finalizer that is completely constructed
	 * @throws IllegalStateException if the cleaner was closed, so that the finalizer
	 * would never run
	 */
	void add(ChainLink.OfFinalizer link) {
		enter(link);
		ShutdownHook.arm();
		ExitFinalizers run = this.exitFinalizers.get();
		if (run != null) {
			run.add(link.finalizer);
		}
		if (this.closed && link.finalizer.cancel()) {
			throw closedException();
		}
	}

	private void enter(ChainLink link) {
		link.stripe.enter(link);
		if (this.cleaner != null) {
			CleanerInternals.ensureRunning(this.cleaner);
		}
	}

	/**
	 * Find the shared reference or proxy of a referent.
	 * @param referent the referent
	 * @param kind the {@link WeakRef#kind() kind}
	 * @return the shared one, or {@code null} if there is none
	 */
	@Nullable WeakRef<?> shared(Object referent, Class<?> kind) {
		int hash = System.identityHashCode(referent);
		Stripe stripe = stripe(hash);
		synchronized (stripe) {
			return stripe.shared(referent, hash, kind);
		}
	}

	/**
	 * Make a reference or proxy the shared one of its kind, unless there already is one.
	 * @param referent the referent
	 * @param candidate a reference that was not added yet
	 * @return the shared one: the candidate or the one that was present
	 */
	WeakRef<?> share(Object referent, WeakRef<?> candidate) {
		int hash = System.identityHashCode(referent);
		Stripe stripe = stripe(hash);
		synchronized (stripe) {
			WeakRef<?> present = stripe.shared(referent, hash, candidate.kind());
			return (present != null) ? present : stripe.enterShared(candidate, hash);
		}
	}

	void forEach(Object referent, Consumer<? super WeakRefs.Found> action) {
		int hash = System.identityHashCode(referent);
		stripe(hash).forEach(referent, hash, action);
	}

	@Override
	public void onCleared(Reference<?> reference) {
		if (reference instanceof WeakRef<?> ref) {
			ref.died();
		}
	}

	boolean hasFinalizers() {
		for (Stripe stripe : this.stripes) {
			synchronized (stripe) {
				stripe.settle();
				if (stripe.finalizers > 0) {
					return true;
				}
			}
		}
		return false;
	}

	void run(OwnedCallback callback) {
		CleanerInternals.run(Objects.requireNonNull(this.cleaner), callback);
	}

	boolean runsFinalizersOnCloseOnly() {
		return this.cleaner == null || CleanerInternals.runsFinalizersOnCloseOnly(this.cleaner);
	}

	/**
	 * Let something run the finalizers that are due at exit: every present finalizer is
	 * added to it, and every one that is registered later.
	 * @param run what runs them
	 * @return {@code false} if something else runs or has run them
	 */
	boolean beginExit(ExitFinalizers run) {
		if (!this.exitFinalizers.compareAndSet(null, run)) {
			return false;
		}
		for (Stripe stripe : this.stripes) {
			stripe.finalizers().forEach(run::add);
		}
		return true;
	}

	@Override
	public void beforeClose() {
		ExitFinalizers run = new ExitFinalizers();
		boolean mine = beginExit(run);
		if (mine) {
			run.run();
		}
		this.closed = true;
		if (mine) {
			// Run what was registered by a thread that did not see the flag.
			run.run();
			for (Stripe stripe : this.stripes) {
				stripe.removeFinalizers();
			}
		}
		ShutdownHook.disarm();
	}

	@Override
	public boolean isIdle() {
		boolean idle = !hasFinalizers() && size() == 0;
		if (idle) {
			ShutdownHook.disarm();
		}
		return idle;
	}

	private IllegalStateException closedException() {
		return new IllegalStateException("The cleaner '" + Objects.requireNonNull(this.cleaner).name() + "' is closed");
	}

	/**
	 * Return the number of references and finalizers whose referents are not known to
	 * have died.
	 * @return the number of links, minus those of finalizers that wait to be run
	 */
	int size() {
		int size = 0;
		for (Stripe stripe : this.stripes) {
			synchronized (stripe) {
				stripe.settle();
				if (this.cleaner == null) {
					stripe.sweepAll();
				}
				size += stripe.size - stripe.removed;
			}
		}
		return size;
	}

	/**
	 * Return the size of the table.
	 * @return the number of bins
	 */
	int bins() {
		int bins = 0;
		for (Stripe stripe : this.stripes) {
			synchronized (stripe) {
				bins += stripe.bins.length;
			}
		}
		return bins;
	}

	Stripe stripe(int hash) {
		return this.stripes[hash & (STRIPES - 1)];
	}

	/** Created lazily, with the first reference or proxy without a callback. */
	private static final class WithoutCallbacks {

		private static final ReferenceRegistry OWN = new ReferenceRegistry(null);

		private static final ReferenceRegistry SHARED = new ReferenceRegistry(null);

		private WithoutCallbacks() {
		}

	}

	/** One hash table, guarded by its monitor. */
	static final class Stripe {

		private static final int MIN_BINS = 4;

		/** How many links of a bin are searched to unlink one immediately. */
		private static final int STEPS = 16;

		/** How many removed links may always stay in the bins. */
		private static final int REMOVED = 16;

		/** How many bins a call sweeps after a garbage collection: more than it fills. */
		private static final int SWEPT_AT_ONCE = 8;

		private final ReferenceRegistry registry;

		/** The number of this stripe. */
		private final int index;

		private @Nullable ChainLink[] bins = new ChainLink[MIN_BINS];

		/**
		 * For each row of stacks, the links that have come off it and are not in a bin
		 * yet, the oldest first. Empty unless an error has ended a call.
		 */
		private final @Nullable ChainLink[] popped;

		/** The highest sequence number of all links that were moved from the stacks. */
		private long newest = -1;

		/** How many links are in the bins. */
		private int size;

		/** How many links in the bins and on the way there have been removed. */
		private int removed;

		/**
		 * How many links of finalizers have reached the bins and have not been removed.
		 * One that is removed before counts as -1 until it would reach them.
		 */
		private int finalizers;

		/** The finalizers that wait to be run because their referents have died. */
		private ChainLink.@Nullable OfFinalizer waiting;

		/** Cleared by a garbage collection. Used only if there is no queue. */
		private WeakReference<Object> canary = new WeakReference<>(new Object());

		/** The next bin to sweep. */
		private int position;

		/** How many bins are still to be swept. */
		private int unswept;

		private Stripe(ReferenceRegistry registry, int index) {
			this.registry = registry;
			this.index = index;
			this.popped = new ChainLink[(registry.newLinks != null) ? registry.newLinks.rows() : 0];
		}

		ReferenceRegistry registry() {
			return this.registry;
		}

		/** Add a new link. */
		private void enter(ChainLink link) {
			NewLinks newLinks = this.registry.newLinks;
			if (newLinks != null) {
				link.entered(RegistrationOrder.next());
				newLinks.push(this.index, link);
				return;
			}
			synchronized (this) {
				expunge();
				link.entered(RegistrationOrder.next());
				put(link);
			}
		}

		private WeakRef<?> enterShared(WeakRef<?> ref, int hash) {
			expunge();
			ChainLink link = new ChainLink.OfShared(ref, hash, this);
			link.entered(RegistrationOrder.next());
			ref.entered(link);
			put(link);
			return ref;
		}

		/** Move the links on the stacks into the bins. */
		private void settle() {
			settlePopped();
			NewLinks newLinks = this.registry.newLinks;
			if (newLinks != null) {
				int count = 0;
				for (int row = 0; row < this.popped.length; row++) {
					if (!newLinks.isEmpty(row, this.index)) {
						count += pop(newLinks, row);
					}
				}
				if (count > 0) {
					makeRoomFor(count);
					settlePopped();
				}
			}
		}

		private int pop(NewLinks newLinks, int row) {
			ChainLink oldest = null;
			int count = 0;
			ChainLink link = newLinks.popAll(row, this.index);
			// No method call here.
			while (link != null) {
				ChainLink next = link.next;
				link.next = oldest;
				oldest = link;
				link = next;
				count++;
			}
			this.popped[row] = oldest;
			return count;
		}

		/** Resize once for many links, instead of doubling the bins again and again. */
		private void makeRoomFor(int count) {
			if (this.size + count > this.bins.length * 2) {
				grow(Integer.highestOneBit(this.size + count - 1) * 2);
			}
		}

		/**
		 * Move the links that have come off the stacks into the bins, the oldest of all
		 * first.
		 */
		private void settlePopped() {
			int capacity = this.bins.length;
			int row = oldest(-1);
			while (row >= 0) {
				if (this.size >= capacity) {
					makeRoom();
					// Without memory, the next attempt is left to the next call.
					capacity = (this.size < this.bins.length) ? this.bins.length : Integer.MAX_VALUE;
				}
				ChainLink newer = newer(first(row));
				if (newer != null) {
					insertBehind(newer, row);
				}
				else {
					int other = oldest(row);
					fillBins(row, (other >= 0) ? first(other).sequence : Long.MAX_VALUE, capacity);
				}
				row = oldest(-1);
			}
		}

		/**
		 * The row with the oldest link, or with one that was removed; -1 if none is left.
		 */
		private int oldest(int except) {
			int oldest = -1;
			for (int row = 0; row < this.popped.length; row++) {
				if (row != except && this.popped[row] != null
						&& (oldest < 0 || first(row).sequence < first(oldest).sequence)) {
					oldest = row;
				}
			}
			return oldest;
		}

		private ChainLink first(int row) {
			return Objects.requireNonNull(this.popped[row]);
		}

		/**
		 * Return the link behind which a link belongs: the last one in its bin that has
		 * the same hash, is newer, and was not removed. There is none, unless two threads
		 * were registering at the same time and the newer link was pushed, and moved,
		 * before the older one.
		 */
		private @Nullable ChainLink newer(ChainLink link) {
			ChainLink newer = null;
			if (link.sequence >= 0 && link.sequence < this.newest) {
				for (ChainLink other = this.bins[bin(link.hash)]; other != null; other = other.next) {
					if (other.hash == link.hash && other.sequence >= 0) {
						if (other.sequence <= link.sequence) {
							break;
						}
						newer = other;
					}
				}
			}
			return newer;
		}

		private void insertBehind(ChainLink newer, int row) {
			ChainLink link = first(row);
			// No method call here.
			this.popped[row] = link.next;
			link.next = newer.next;
			newer.next = link;
			this.size++;
			if (link instanceof ChainLink.OfFinalizer) {
				this.finalizers++;
			}
		}

		/**
		 * Move links of a row into the bins, at least one, until they are full, or a link
		 * of another row is due, or the next one may belong behind a newer one. No method
		 * is called here, so no error can end this half way. That is why the row is not
		 * written for each link: the write barrier of the garbage collector would cost
		 * more than the rest.
		 * @param row the row, the first link of which belongs in front of its bin
		 * @param limit the highest sequence number to move
		 * @param capacity how many links the bins have room for
		 */
		private void fillBins(int row, long limit, int capacity) {
			@Nullable ChainLink[] bins = this.bins;
			ChainLink link = this.popped[row];
			while (link != null) {
				ChainLink next = link.next;
				if (link instanceof ChainLink.OfFinalizer) {
					this.finalizers++;
				}
				if (link.sequence < 0) {
					link.next = null;
					this.removed--;
				}
				else {
					int bin = (link.hash >>> STRIPE_BITS) & (bins.length - 1);
					link.next = bins[bin];
					bins[bin] = link;
					this.size++;
					if (link.sequence > this.newest) {
						this.newest = link.sequence;
					}
				}
				link = next;
				if (this.size >= capacity || (link != null && (link.sequence > limit || link.sequence < this.newest))) {
					break;
				}
			}
			this.popped[row] = link;
		}

		private void put(ChainLink link) {
			if (this.size >= this.bins.length) {
				makeRoom();
			}
			int bin = bin(link.hash);
			link.next = this.bins[bin];
			this.bins[bin] = link;
			this.size++;
		}

		private void makeRoom() {
			if (this.unswept > 0) {
				sweep(0, this.bins.length);
				this.unswept = 0;
			}
			if (this.size > this.bins.length / 4 * 3) {
				grow(this.bins.length * 2);
			}
		}

		private void grow(int length) {
			try {
				resize(length);
			}
			catch (OutOfMemoryError ex) {
				// Then the chains get longer.
			}
		}

		private @Nullable WeakRef<?> shared(Object referent, int hash, Class<?> kind) {
			for (ChainLink link = this.bins[bin(hash)]; link != null; link = link.next) {
				if (link.hash == hash && link instanceof ChainLink.OfShared shared) {
					WeakRef<?> ref = shared.ref();
					if (ref != null && ref.kind() == kind && ref.isTo(referent)) {
						return ref;
					}
				}
			}
			return null;
		}

		/**
		 * Pass to an action each reference that refers to the referent. Finalizers, and
		 * references that were cleared by the user, do not.
		 */
		private synchronized void forEach(Object referent, int hash, Consumer<? super WeakRefs.Found> action) {
			settle();
			for (ChainLink link = this.bins[bin(hash)]; link != null; link = link.next) {
				if (link.hash == hash && link instanceof ChainLink.OfRef place) {
					WeakRef<?> ref = place.ref();
					if (ref != null && ref.isTo(referent)) {
						action.accept(new WeakRefs.Found(ref, link instanceof ChainLink.OfShared, link.sequence()));
					}
				}
			}
		}

		/**
		 * The referent of a link was cleared: dispatch its callback and those of all
		 * others of the same referent, from the newest to the oldest.
		 */
		void died(ChainLink first) {
			List<OwnedCallback> callbacks = callbacks(first);
			WeakCleaner cleaner = this.registry.cleaner;
			if (cleaner != null && !callbacks.isEmpty()) {
				CleanerInternals.dispatch(cleaner, callbacks);
			}
		}

		private synchronized List<OwnedCallback> callbacks(ChainLink first) {
			if (first.isRemoved() || isWaiting(first)) {
				return List.of();
			}
			settle();
			// If memory runs out here nothing has changed, so that the next reference
			// of this referent tries again.
			List<OwnedCallback> callbacks = gather(first.hash);
			handOver(bin(first.hash), callbacks);
			if (!first.isRemoved() && !isWaiting(first)) {
				// The user has cleared the reference at the same moment.
				forget(first);
			}
			shrink();
			return callbacks;
		}

		/** The callbacks of the links that have died, in the order of their bin. */
		private List<OwnedCallback> gather(int hash) {
			List<OwnedCallback> several = null;
			OwnedCallback only = null;
			for (ChainLink link = this.bins[bin(hash)]; link != null; link = link.next) {
				OwnedCallback callback = (link.hash == hash && !link.isRemoved()) ? link.callback() : null;
				if (callback != null) {
					if (only == null) {
						only = callback;
					}
					else {
						several = (several != null) ? several : new ArrayList<>(List.of(only));
						several.add(callback);
					}
				}
			}
			if (several != null) {
				return several;
			}
			return (only != null) ? List.of(only) : List.of();
		}

		/** Unlink those that callbacks came from. Allocates nothing. */
		private void handOver(int bin, List<OwnedCallback> callbacks) {
			int index = 0;
			ChainLink previous = null;
			ChainLink link = this.bins[bin];
			while (link != null) {
				ChainLink next = link.next;
				boolean dead = index < callbacks.size() && link.isFrom(callbacks.get(index));
				if (dead || link.isRemoved()) {
					unlink(bin, previous, link);
				}
				else {
					previous = link;
				}
				if (dead) {
					handOver(link);
					index++;
				}
				link = next;
			}
		}

		private void handOver(ChainLink link) {
			if (link instanceof ChainLink.OfFinalizer place) {
				place.waitBefore(this.waiting);
				this.waiting = place;
			}
			else {
				link.removed();
			}
		}

		private static boolean isWaiting(ChainLink link) {
			return link instanceof ChainLink.OfFinalizer place && place.isHandedOver();
		}

		private void removeWaiting(ChainLink.OfFinalizer link) {
			this.waiting = link.leave(this.waiting);
			// No method call here.
			link.sequence = ~link.sequence;
			this.finalizers--;
		}

		/** Remove a link unless it was removed already. */
		void remove(ChainLink gone) {
			NewLinks newLinks = this.registry.newLinks;
			int row = (newLinks != null) ? newLinks.row() : 0;
			remove(gone, row);
		}

		private synchronized void remove(ChainLink gone, int row) {
			if (gone.isRemoved()) {
				return;
			}
			if (gone instanceof ChainLink.OfFinalizer place && place.isHandedOver()) {
				removeWaiting(place);
				return;
			}
			forget(gone);
			try {
				unlink(gone, row);
			}
			catch (StackOverflowError | OutOfMemoryError ex) {
				// It stays where it is, marked as removed, until a thread passes it.
			}
		}

		private void unlink(ChainLink gone, int row) {
			NewLinks newLinks = this.registry.newLinks;
			if (newLinks != null && newLinks.pop(row, this.index, gone)) {
				gone.next = null;
				this.removed--;
				if (gone instanceof ChainLink.OfFinalizer) {
					this.finalizers++;
				}
				return;
			}
			int bin = bin(gone.hash);
			ChainLink previous = null;
			ChainLink link = this.bins[bin];
			for (int i = 0; i < STEPS && link != null; i++) {
				if (link == gone) {
					unlink(bin, previous, link);
					shrink();
					return;
				}
				previous = link;
				link = link.next;
			}
			if (this.removed > this.size / 2 + REMOVED) {
				settle();
				sweepAll();
			}
		}

		/** Mark and count a link as removed. It stays where it is for now. */
		private void forget(ChainLink link) {
			link.removed();
			this.removed++;
			if (link instanceof ChainLink.OfFinalizer) {
				this.finalizers--;
			}
		}

		private void unlink(int bin, @Nullable ChainLink previous, ChainLink link) {
			boolean removed = link.isRemoved();
			if (previous == null) {
				this.bins[bin] = link.next;
			}
			else {
				previous.next = link.next;
			}
			link.next = null;
			this.size--;
			if (removed) {
				this.removed--;
			}
		}

		private synchronized List<Finalizer<?>> finalizers() {
			settle();
			List<Finalizer<?>> found = new ArrayList<>();
			for (ChainLink first : this.bins) {
				for (ChainLink link = first; link != null; link = link.next) {
					if (link instanceof ChainLink.OfFinalizer place && !link.isRemoved()) {
						found.add(place.finalizer);
					}
				}
			}
			for (ChainLink link = this.waiting; link != null; link = link.next) {
				found.add(((ChainLink.OfFinalizer) link).finalizer);
			}
			return found;
		}

		private synchronized void removeFinalizers() {
			settle();
			for (ChainLink first : this.bins) {
				for (ChainLink link = first; link != null; link = link.next) {
					if (link instanceof ChainLink.OfFinalizer && !link.isRemoved()) {
						forget(link);
					}
				}
			}
			sweepAll();
			while (this.waiting != null) {
				removeWaiting(this.waiting);
			}
		}

		/**
		 * If there is no drain thread, sweep some bins. After each garbage collection
		 * every bin is due. A sweep begins where the previous one ended: otherwise the
		 * last bins would never be swept if there is a garbage collection every few
		 * calls.
		 */
		private void expunge() {
			if (this.registry.cleaner != null) {
				return;
			}
			if (this.canary.refersTo(null)) {
				this.canary = new WeakReference<>(new Object());
				this.unswept = this.bins.length;
			}
			if (this.unswept > 0) {
				int from = this.position & (this.bins.length - 1);
				int to = Math.min(from + SWEPT_AT_ONCE, this.bins.length);
				sweep(from, to);
				this.position = to;
				this.unswept -= to - from;
				shrink();
			}
		}

		private void sweepAll() {
			sweep(0, this.bins.length);
			shrink();
		}

		/** Unlink the links that were removed or whose reference has died. */
		private void sweep(int from, int to) {
			for (int bin = from; bin < to; bin++) {
				ChainLink previous = null;
				ChainLink link = this.bins[bin];
				while (link != null) {
					ChainLink next = link.next;
					if (!link.isRemoved() && link.isAbandoned()) {
						forget(link);
					}
					if (link.isRemoved()) {
						unlink(bin, previous, link);
					}
					else {
						previous = link;
					}
					link = next;
				}
			}
		}

		private void shrink() {
			while (this.size < this.bins.length / 8 && this.bins.length > MIN_BINS) {
				try {
					resize(this.bins.length / 4);
				}
				catch (OutOfMemoryError ex) {
					// The table may stay too large; the callbacks must continue.
					return;
				}
			}
		}

		/**
		 * Resize the bins. Links with the same hash keep their order: they move from one
		 * bin to one bin.
		 */
		private void resize(int length) {
			@Nullable ChainLink[] target = new ChainLink[Math.max(MIN_BINS, length)];
			@Nullable ChainLink[] source = this.bins;
			for (int i = 0; i < source.length; i++) {
				ChainLink reversed = null;
				ChainLink link = source[i];
				while (link != null) {
					ChainLink next = link.next;
					link.next = reversed;
					reversed = link;
					link = next;
				}
				while (reversed != null) {
					ChainLink next = reversed.next;
					// No method call here, so this does not call bin().
					int bin = (reversed.hash >>> STRIPE_BITS) & (target.length - 1);
					reversed.next = target[bin];
					target[bin] = reversed;
					reversed = next;
				}
			}
			this.bins = target;
			this.unswept = (this.unswept > 0) ? target.length : 0;
		}

		private int bin(int hash) {
			return (hash >>> STRIPE_BITS) & (this.bins.length - 1);
		}

	}

}
