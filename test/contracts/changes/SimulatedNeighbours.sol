// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOperatorRegistry} from "../../../contracts/interfaces/IOperatorRegistry.sol";
import {ISeatLists} from "../../../contracts/interfaces/ISeatLists.sol";
import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {Epoch, Slot} from "../../../contracts/libraries/Units.sol";
import {Test} from "../support/Test.sol";

/// @dev Plays every neighbour of SetChanges, so that its own rules are tested alone: set 1 of operators 1 to 7, whose node
/// keys are the private keys 1001 to 1007. The calls across contracts run on the real ones in SetChanges.test.ts.
contract SimulatedNeighbours is Test {
    uint64 public constant SECONDS_PER_SLOT = 12;
    uint64 public constant SLOTS_PER_EPOCH = 32;

    uint256[7] private _members = [uint256(1), 2, 3, 4, 5, 6, 7];
    uint256[7] private _named;
    uint64 public pendingGeneration;
    uint256 public liveKeys;
    mapping(uint256 operatorId => bool) public convicted;
    mapping(uint256 seat => uint64) public noticeAt;

    function setLiveKeys(uint256 count) external {
        liveKeys = count;
    }

    function setConvicted(uint256 operatorId) external {
        convicted[operatorId] = true;
    }

    function setNotice(uint256 seat, uint64 timestamp) external {
        noticeAt[seat] = timestamp;
    }

    function lockIncoming(uint256, uint64 generation, uint256[7] calldata operatorIds) external {
        check(pendingGeneration == 0, "one generation at a time");
        pendingGeneration = generation;
        _named = operatorIds;
    }

    function dropIncoming(uint256) external {
        check(pendingGeneration != 0, "a generation to drop");
        pendingGeneration = 0;
    }

    function replaceSeats(uint256, uint64) external {
        check(pendingGeneration != 0, "a generation to accept");
        pendingGeneration = 0;
        _members = _named;
    }

    function current() external view returns (address) {
        return address(this);
    }

    function slotAt(uint256 timestamp) external pure returns (Slot) {
        return Slot.wrap(uint64(timestamp) / SECONDS_PER_SLOT);
    }

    function epochOf(Slot slot) external pure returns (Epoch) {
        return Epoch.wrap(Slot.unwrap(slot) / SLOTS_PER_EPOCH);
    }

    function get(Parameter) external pure returns (uint256) {
        return 7 days;
    }

    function members() external view returns (uint256[7] memory) {
        return _members;
    }

    function membersAt(uint256, uint64) external view returns (uint256[7] memory) {
        return _members;
    }

    function nodeKeysOf(uint256[7] calldata operatorIds) external pure returns (address[7] memory nodeKeys) {
        for (uint256 i = 0; i < 7; i++) {
            nodeKeys[i] = nodeKeyOf(operatorIds[i]);
        }
    }

    function operator(uint256 operatorId) external pure returns (IOperatorRegistry.Operator memory) {
        return IOperatorRegistry.Operator(address(0), nodeKeyOf(operatorId), address(0));
    }

    function standing(uint256 operatorId) external view returns (ISeatLists.Standing memory) {
        return ISeatLists.Standing(true, convicted[operatorId], 0);
    }

    function noticeOf(uint256, uint256 seat) external view returns (uint64) {
        return noticeAt[seat];
    }

    function isClosedToKeys(uint256) external pure returns (bool) {
        return false;
    }

    function liveKeyCount(uint256) external view returns (uint256) {
        return liveKeys;
    }

    function nodeKeyOf(uint256 operatorId) public pure returns (address) {
        return vm.addr(1000 + operatorId);
    }

    // FeeDistributor

    function divide(uint256) external {}
}
