// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../contracts/governance/Parameters.sol";
import {Wiring} from "../../../contracts/interfaces/Wiring.sol";
import {OperatorRegistry} from "../../../contracts/operators/OperatorRegistry.sol";
import {OperatorSets} from "../../../contracts/operators/OperatorSets.sol";
import {SeatHandovers} from "../../../contracts/operators/SeatHandovers.sol";
import {Test} from "../support/Test.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {SimulatedPool} from "./SimulatedPool.sol";

/// @dev Registration needs signatures and is tested elsewhere.
contract RegistryOfAnyone is OperatorRegistry {
    constructor(Wiring memory w) OperatorRegistry(w) {}

    function add(address owner) external returns (uint256 operatorId) {
        operatorId = ++operatorCount;
        _operators[operatorId] = Operator(owner, address(uint160(operatorId)), owner);
    }
}

/// @title Base of tests of bonds and seats
/// @dev Real OperatorRegistry, OperatorSets and Parameters. The test plays governance, SetChanges, FaultCourt, Slashings,
/// ValidatorManager, ValidatorExits and FeeDistributor, and owns all operators.
abstract contract OperatorsTest is Test {
    uint256 internal constant KEY = 32 ether;
    uint256 internal constant START = 1_900_000_000;
    uint256 internal constant OPERATORS = 16;
    uint256 internal constant COOLDOWN = 38 days;
    uint256 internal constant KEEP = 120 days;
    uint256 internal constant NOTICE = 60 days;
    uint256 internal constant SHORTFALL = 14 days;

    SimulatedPool internal pool;
    RegistryOfAnyone internal registry;
    OperatorSets internal sets;
    uint256 internal divisions;
    uint256 internal unsettledSlashings;
    uint256 internal episodeRequirement;
    uint64 private _configuration;

    receive() external payable {}

    /// @dev FeeDistributor's.
    function divide(uint256) external {
        divisions++;
    }

    /// @dev Slashings'.
    function unsettledCount(uint256) external view returns (uint256) {
        return unsettledSlashings;
    }

    /// @dev Slashings'.
    function episodeRequirementWei(uint256) external view returns (uint256) {
        return episodeRequirement;
    }

    /// @dev Operators 1 to OPERATORS, listed and bonded with 3 ETH each.
    function build() internal {
        vm.warp(START);
        pool = new SimulatedPool();
        Wiring memory w = wiringOf(address(this), 1 days);
        w.pool = address(pool);
        w.parameters = address(new Parameters(w));
        // Contracts of this test have nonces from 1 on: registry 3, handovers 4, sets 5.
        w.registry = addressAt(3);
        w.sets = addressAt(5);
        registry = new RegistryOfAnyone(w);
        sets = new OperatorSets(w, KEY, address(new SeatHandovers(w, KEY)));
        check(address(registry) == w.registry && address(sets) == w.sets, "addresses as foreseen");
        vm.deal(address(this), 1e9 ether);
        for (uint256 id = 1; id <= OPERATORS; id++) {
            registry.add(address(this));
            sets.setListed(id, true);
            registry.bondEther{value: 3 ether}(id);
        }
    }

    function addressAt(uint8 nonce) internal view returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", address(this), nonce)))));
    }

    function seven(uint256 first) internal pure returns (uint256[7] memory ids) {
        for (uint256 i = 0; i < 7; i++) {
            ids[i] = first + i;
        }
    }

    function with(uint256 setId, uint256 seat, uint256 operatorId) internal view returns (uint256[7] memory ids) {
        ids = sets.members(setId);
        ids[seat - 1] = operatorId;
    }

    /// @dev As a change that was proposed, carried out and included.
    function rotate(uint256 setId, uint64 generation, uint256[7] memory ids) internal {
        sets.lockIncoming(setId, generation, ids);
        sets.replaceSeats(setId, ++_configuration);
    }

    function verifyKeys(uint256 setId, uint64 generation, uint256 count) internal {
        sets.assignStake(setId, count * KEY);
        for (uint256 i = 0; i < count; i++) {
            sets.keyVerified(setId, generation);
        }
    }

    function lockedBefore(uint256 setId, uint256 operatorId) internal view returns (uint64) {
        return sets.leaver(setId, operatorId).lockedBefore;
    }

    function pass(uint256 time) internal {
        vm.warp(block.timestamp + time);
    }
}
