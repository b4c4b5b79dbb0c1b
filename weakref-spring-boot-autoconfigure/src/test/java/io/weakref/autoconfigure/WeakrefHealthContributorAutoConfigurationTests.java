package io.weakref.autoconfigure;

import java.util.Objects;

import io.weakref.actuate.WeakrefHealthIndicator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeakrefHealthContributorAutoConfiguration}.
 */
class WeakrefHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(WeakrefAutoConfiguration.class,
				WeakrefHealthContributorAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class));

	@Test
	void indicatorIsUpAndNamedWeakref() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health").run((context) -> {
			HealthDescriptor health = context.getBean(HealthEndpoint.class).healthForPath("weakref");
			assertThat(health).isNotNull().returns(Status.UP, HealthDescriptor::getStatus);
		});
	}

	@Test
	void indicatorCanBeDisabled() {
		this.runner.withPropertyValues("management.health.weakref.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(WeakrefHealthIndicator.class));
	}

	@Test
	void indicatorIsDisabledWithTheOthers() {
		this.runner.withPropertyValues("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(WeakrefHealthIndicator.class));
	}

	@Test
	void livenessAndReadinessGroupsAreUnchanged() {
		this.runner
			.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class,
					AvailabilityProbesAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=health",
					"management.endpoint.health.probes.enabled=true")
			.run((context) -> {
				HealthEndpointGroups groups = context.getBean(HealthEndpointGroups.class);
				assertThat(groups.getNames()).containsExactlyInAnyOrder("liveness", "readiness").allSatisfy((name) -> {
					HealthEndpointGroup group = Objects.requireNonNull(groups.get(name));
					assertThat(group.isMember("weakref")).isFalse();
					assertThat(group.isMember(name + "State")).isTrue();
				});
				assertThat(groups.getPrimary().isMember("weakref")).isTrue();
			});
	}

	@Test
	void userBeanWithTheSameNameWins() {
		HealthIndicator indicator = () -> Health.unknown().build();
		this.runner.withBean("weakrefHealthIndicator", HealthIndicator.class, () -> indicator)
			.run((context) -> assertThat(context).getBean("weakrefHealthIndicator").isSameAs(indicator));
	}

	@Test
	void nothingIsAddedIfWeakrefIsDisabled() {
		this.runner.withPropertyValues("weakref.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WeakrefHealthIndicator.class));
	}

}
