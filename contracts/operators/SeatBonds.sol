// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title SeatBonds
/// @dev What the seats of an operator ask of its bond: 1 ETH for each seat and 25 bps of the stake of each set. An operator
/// with seats in several sets needs the sum: the running sums here make that a single read.
abstract contract SeatBonds is IOperatorSets {
    using SafeCast for uint256;

    struct Seats {
        uint32 count;
        uint128 stakeWei;
    }

    uint256 private constant BASE_BOND_WEI = 1 ether;
    uint256 private constant STAKE_BOND_BPS = 25;
    uint256 private constant BPS = 10_000;

    IStakingPool public immutable POOL;
    IOperatorRegistry public immutable REGISTRY;

    mapping(uint256 operatorId => Seats) private _seats;

    constructor(Wiring memory w) {
        POOL = IStakingPool(w.pool);
        REGISTRY = IOperatorRegistry(w.registry);
    }

    /// @inheritdoc IOperatorSets
    function requiredBondWei(uint256 operatorId) public view returns (uint256) {
        return _seats[operatorId].count * BASE_BOND_WEI + stakeBondWei(operatorId);
    }

    /// @inheritdoc IOperatorSets
    function stakeBondWei(uint256 operatorId) public view returns (uint256) {
        return Math.mulDiv(_seats[operatorId].stakeWei, STAKE_BOND_BPS, BPS, Math.Rounding.Ceil);
    }

    /// @dev Counts one more seat; reverts unless the bond is worth what all seats need.
    function _takeSeat(uint256 operatorId) internal {
        _seats[operatorId].count++;
        uint256 required = _heldBondWei(operatorId);
        uint256 bond = POOL.convertToAssets(REGISTRY.bondOf(operatorId));
        if (bond < required) revert InsufficientBond(operatorId, required, bond);
    }

    function _changeSeatStake(uint256 operatorId, uint256 oldStakeWei, uint256 newStakeWei) internal {
        Seats storage seats = _seats[operatorId];
        seats.stakeWei = (seats.stakeWei - oldStakeWei + newStakeWei).toUint128();
    }

    /// @dev Stake that a set with `setStakeWei` could have if this seat alone decided.
    function _seatCapacityWei(uint256 operatorId, uint256 setStakeWei) internal view returns (uint256) {
        uint256 required = _heldBondWei(operatorId);
        uint256 bond = POOL.convertToAssets(REGISTRY.bondOf(operatorId));
        if (bond >= required) return setStakeWei + Math.mulDiv(bond - required, BPS, STAKE_BOND_BPS);
        uint256 missing = Math.mulDiv(required - bond, BPS, STAKE_BOND_BPS, Math.Rounding.Ceil);
        return Math.saturatingSub(setStakeWei, missing);
    }

    /// @dev Predeposits under way use the seats' base first: what they take beyond it is not there for new stake.
    function _heldBondWei(uint256 operatorId) private view returns (uint256) {
        uint256 baseWei = _seats[operatorId].count * BASE_BOND_WEI;
        uint256 reservedWei = POOL.convertToAssets(REGISTRY.reservedOf(operatorId));
        return Math.max(baseWei, reservedWei) + stakeBondWei(operatorId);
    }
}
