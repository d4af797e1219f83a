# The commands of a developer's day. Each one does all the set-up that it needs; a Debian machine with the
# Swift toolchain, make, and root (or sudo) is assumed, nothing else.

SWIFT ?= swift
CONFIGURATION ?= debug
BIN = .build/$(CONFIGURATION)

.PHONY: help build test test-vm parity image-parity runtime-parity lint format bench fuzz demo demo-down images packages clean

help:
	@echo "make demo       bring examples/counter up and look at it"
	@echo "make demo-down  take it down again, with its data"
	@echo "make test       run every test (those that need root are skipped without it)"
	@echo "make test-vm    boot Debian's kernels 6.1 and 6.12 in qemu and bring a stack up in each"
	@echo "make parity     compare with Docker Compose file by file and write docs/parity.md"
	@echo "make image-parity  compare images with umoci, skopeo, Docker and Podman and print the tables of docs"
	@echo "make runtime-parity  run generated bundles with roost-oci, runc and crun and compare what is seen inside"
	@echo "make lint       check the format of the sources"
	@echo "make bench      measure beside Docker Engine and Docker Compose"
	@echo "make fuzz       give the parsers ten million made-up inputs each (SEED=, EXECUTIONS=)"
	@echo "make build      build the programs into $(BIN)"
	@echo "make images     make the images of the demo and of the tests from Debian packages"

packages:
	@scripts/install-packages

build: packages
	$(SWIFT) build -c $(CONFIGURATION)

images: packages
	@scripts/make-images

test: packages
	@scripts/run-tests

test-vm: images
	@scripts/install-packages qemu-system-x86 e2fsprogs
	$(SWIFT) build --build-tests
	@scripts/test-vm

parity: packages
	$(SWIFT) build --build-tests
	@scripts/parity

runtime-parity: build
	@scripts/install-packages runc crun
	@scripts/runtime-parity --bin $(BIN)

image-parity: build images
	@scripts/install-packages buildah
	@scripts/push-parity --bin $(BIN) --markdown
	@scripts/layer-parity --layer-program $(BIN)/roost-layer --containerd .build-bench/docker/usr/bin --markdown

lint:
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --parallel --recursive Sources Tests Package.swift

demo: build images
	@scripts/demo $(BIN)

demo-down:
	$(BIN)/roost -f examples/counter/compose.yaml down -v

bench: packages
	@benchmarks/run

fuzz: packages
	@scripts/fuzz

clean:
	rm -rf .build .build-images .build-bench .build-fuzz
