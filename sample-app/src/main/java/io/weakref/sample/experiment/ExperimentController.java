package io.weakref.sample.experiment;

import io.weakref.sample.tile.Atlas;
import io.weakref.sample.tile.Farewells;
import io.weakref.sample.tile.HoldSwitch;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Serves the buttons of the page that are about garbage collection.
 */
@RestController
@RequestMapping("/api")
class ExperimentController {

	private final Farewells farewells;

	private final Leak leak;

	private final Atlas atlas;

	private final ObjectProvider<HoldSwitch> holdSwitch;

	ExperimentController(Farewells farewells, Leak leak, Atlas atlas, ObjectProvider<HoldSwitch> holdSwitch) {
		this.farewells = farewells;
		this.leak = leak;
		this.atlas = atlas;
		this.holdSwitch = holdSwitch;
	}

	/**
	 * Request a garbage collection. The JVM decides whether to run one. Dead entries are
	 * removed shortly after it.
	 */
	@PostMapping("/collection")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void collect() {
		System.gc();
		CollectionRequests.tell();
	}

	@GetMapping("/failing-callback")
	Switch failingCallback() {
		return new Switch(this.farewells.isFailing());
	}

	@PutMapping("/failing-callback")
	Switch failingCallback(@RequestBody Switch wanted) {
		this.farewells.setFailing(wanted.on());
		return failingCallback();
	}

	@GetMapping("/hold")
	Hold hold() {
		HoldSwitch found = this.holdSwitch.getIfAvailable();
		return (found != null) ? new Hold(found.isHolding(), found.holdFor().toSeconds()) : new Hold(false, null);
	}

	@PutMapping("/hold")
	Hold hold(@RequestBody Switch wanted) {
		HoldSwitch found = this.holdSwitch.getIfAvailable();
		if (found == null) {
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"Tiles that are shared through Redis are not held for a while.");
		}
		found.setHolding(wanted.on());
		return hold();
	}

	/**
	 * Render every tile again, in every instance of the application.
	 */
	@PostMapping("/editions")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void renderAgain() {
		this.atlas.renderAgain();
	}

	@GetMapping("/leak")
	Leak.State leak() {
		return this.leak.state();
	}

	@PutMapping("/leak")
	Leak.State leak(@RequestBody Switch wanted) {
		if (wanted.on()) {
			this.leak.plant();
		}
		else {
			this.leak.remove();
		}
		return leak();
	}

	@ExceptionHandler
	ProblemDetail noRoom(Leak.NotEnoughMemoryException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
	}

	/**
	 * The state of a switch.
	 */
	record Switch(boolean on) {
	}

	/**
	 * Whether tiles are held for a while after their last use.
	 *
	 * @param seconds how long a tile is held, whether or not holding is on; {@code null}
	 * if tiles cannot be held
	 */
	record Hold(boolean on, @Nullable Long seconds) {
	}

}
