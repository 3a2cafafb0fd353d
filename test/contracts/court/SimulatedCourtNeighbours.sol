// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameter} from "../../../contracts/interfaces/IParameters.sol";
import {Test} from "../support/Test.sol";

/// @dev Plays the neighbours of FaultCourt: sets 1 and 2 of operators 1 to 7, in configurations 0 to 2. A seat requires 5,000
/// shares of a bond of 12,000, so that the third charge takes what is left.
contract SimulatedCourtNeighbours is Test {
    uint256 public constant REQUIREMENT = 5000;
    uint256 public constant BOND = 12_000;

    mapping(uint256 operatorId => uint256) public taken;
    mapping(uint256 operatorId => uint256) public paidForSlashings;
    uint256 public rewarded;

    /// @dev As OperatorSets.
    function onConvicted(uint256, uint256) external {}

    /// @dev As Slashings do for operator 1, once.
    function settleSlashing(uint256 operatorId) external returns (uint256 paid) {
        if (operatorId != 1 || paidForSlashings[1] != 0) return 0;
        paid = paidForSlashings[1] = 2000;
        taken[1] += paid;
    }

    function charge(
        uint256 operatorId,
        uint256 shares,
        address reporter,
        uint256 reporterShares
    ) external returns (uint256) {
        check(reporter != address(0) && reporterShares <= shares, "a reporter's part");
        check(taken[operatorId] + shares <= BOND, "never more than the bond");
        taken[operatorId] += shares;
        rewarded += reporterShares;
        return shares;
    }

    function bondOf(uint256 operatorId) external view returns (uint256) {
        return BOND - taken[operatorId];
    }

    function operatorIdOf(address nodeKey) external pure returns (uint256) {
        for (uint256 operatorId = 1; operatorId <= 7; operatorId++) {
            if (vm.addr(1000 + operatorId) == nodeKey || vm.addr(2000 + operatorId) == nodeKey) return operatorId;
        }
        return 0;
    }

    function membersAt(uint256, uint64) external pure returns (uint256[7] memory) {
        return [uint256(1), 2, 3, 4, 5, 6, 7];
    }

    function configuration(uint256) external pure returns (uint64) {
        return 2;
    }

    function seatRequirementWei(uint256) external pure returns (uint256) {
        return REQUIREMENT - 1;
    }

    function convertToShares(uint256 assets) external pure returns (uint256) {
        return assets;
    }

    function get(Parameter parameter) external pure returns (uint256) {
        return parameter == Parameter.ReporterBps ? 500 : 200;
    }
}

/// @dev Slashings, which has a function of the same name.
contract SimulatedSlashings {
    SimulatedCourtNeighbours private immutable NEIGHBOURS;

    constructor(SimulatedCourtNeighbours neighbours) {
        NEIGHBOURS = neighbours;
    }

    function onConvicted(uint256, uint256 operatorId) external returns (uint256) {
        return NEIGHBOURS.settleSlashing(operatorId);
    }
}
